package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Virtual time")
class VirtualTimeTest {
    private final VirtualTime time = new VirtualTime();

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    @DisplayName("knows when a time of day was, although the clock has jumped since")
    void findsMomentsBeforeJumps() {
        time.advance(Duration.ofSeconds(20));
        Instant before = time.now();
        time.advance(Duration.ofSeconds(10));
        time.jumpClock(Duration.ofSeconds(5));
        time.advance(Duration.ofSeconds(1));
        time.jumpClock(Duration.ofSeconds(-2));
        time.advance(Duration.ofSeconds(1));

        assertThat(time.nanosAt(before)).isEqualTo(seconds(20));
        assertThat(time.nanosAt(time.now())).isEqualTo(time.nanos());
        // It was that late just before the clock was set back, and is again.
        assertThat(time.nanosAt(VirtualTime.START.plusSeconds(35))).isEqualTo(seconds(32));
        assertThat(time.nanosAt(VirtualTime.START.plusSeconds(36))).isEqualTo(seconds(31));
    }

    @Test
    @DisplayName("takes a time of day that never was for now")
    void neverWas() {
        time.advance(Duration.ofSeconds(20));
        time.jumpClock(Duration.ofSeconds(5));
        time.advance(Duration.ofSeconds(1));

        assertThat(time.nanosAt(VirtualTime.START.plusSeconds(22))).isEqualTo(seconds(21));
    }
}
