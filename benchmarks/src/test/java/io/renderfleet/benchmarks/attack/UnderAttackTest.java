package io.renderfleet.benchmarks.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
@DisplayName("A farm under attack")
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere only 127.0.0.1 is this machine")
@Timeout(180)
class UnderAttackTest {
    @Test
    @DisplayName("finishes every job of an honest client and answers every health check")
    void servesOn(@TempDir Path folder) throws Exception {
        // More silent connections than the server takes, and the rest as much as leaves the machine to others.
        UnderAttack.Outcome outcome = UnderAttack.run(folder, 5, new Force(2_200, 20, 200, Duration.ofSeconds(60)));

        assertThat(outcome.everyJobFinished()).as(outcome.toString()).isTrue();
        assertThat(outcome.answered()).isPositive().isEqualTo(outcome.probes());
        assertThat(outcome.alive()).isTrue();
    }
}
