package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A rate limiter")
class RateLimiterTest {
    private final AtomicLong now = new AtomicLong(-5);
    private final RateLimiter limiter = new RateLimiter(RateLimit.parse("4/m"), now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    @DisplayName("allows as many calls as the limit says, and then one whenever one has become free")
    void bucket() {
        for (int i = 3; i >= 0; i--) {
            assertThat(limiter.take("a").remaining()).isEqualTo(i);
        }
        assertThat(limiter.take("a").allowed()).isFalse();
        pass(Duration.ofSeconds(14));
        assertThat(limiter.take("a").allowed()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(limiter.take("a").allowed()).isTrue();
        assertThat(limiter.take("a").allowed()).isFalse();
    }

    @Test
    @DisplayName("counts each client by itself")
    void clients() {
        for (int i = 0; i < 5; i++) {
            limiter.take("a");
        }
        assertThat(limiter.take("b").allowed()).isTrue();
    }

    @Test
    @DisplayName("says when to come back")
    void refusal() {
        for (int i = 0; i < 4; i++) {
            limiter.take("a");
        }
        Answer refusal = limiter.take("a").refusal();

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.headers().get("Retry-After")).isEqualTo("15");
        assertThat(refusal.headers().get("RateLimit")).isEqualTo("\"client\";r=0;t=15");
        assertThat(refusal.headers().get("RateLimit-Policy")).isEqualTo("\"client\";q=4;w=60");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "50", "0/s", "50/d", "-1/s", "9999999/s", "5/ s", "abc/s"})
    @DisplayName("is not made from what is no limit")
    void garbage(String text) {
        assertThatThrownBy(() -> RateLimit.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
