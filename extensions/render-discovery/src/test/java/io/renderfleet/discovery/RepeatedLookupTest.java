package io.renderfleet.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A look-up that is repeated")
class RepeatedLookupTest {
    private static final Target NODE = new Target.Machine(URI.create("http://node-1:3000"));

    RepeatedLookupTest() {}

    @Test
    @DisplayName("goes on after a look that ended as none should, and says so meanwhile")
    void survives() {
        AtomicInteger looks = new AtomicInteger();
        NodeLookup look = () -> {
            int now = looks.incrementAndGet();
            if (now == 1) {
                throw new NoClassDefFoundError("com/example/Missing");
            }
            if (now < 20) {
                throw new IllegalStateException("look " + now);
            }
            return Set.of(NODE);
        };
        List<Set<Target>> told = new CopyOnWriteArrayList<>();
        List<String> troubles = new CopyOnWriteArrayList<>();
        try (RepeatedLookup repeated = new RepeatedLookup("the registry", Duration.ofMillis(20), look)) {
            repeated.start(told::add);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                repeated.trouble().ifPresent(troubles::add);
                return !told.isEmpty();
            });

            assertThat(told).containsExactly(Set.of(NODE));
            assertThat(troubles).isNotEmpty().allMatch(why -> why.startsWith("a look failed: java.lang."));
            assertThat(repeated.trouble()).isEmpty();
        }
    }
}
