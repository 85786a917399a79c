package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.renderfleet.core.model.JobState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayName("Under mixed faults, every farm")
class MixedFaultsTest {
    private final Logger engine = (Logger) LoggerFactory.getLogger("io.renderfleet.core");

    /** Thousands of farms are broken on purpose; what the engine says of it would bury the build's output. */
    @BeforeEach
    void beQuiet() {
        engine.setLevel(Level.OFF);
    }

    @AfterEach
    void speakAgain() {
        engine.setLevel(null);
    }

    @Test
    @DisplayName("keeps what the engine promises, and ends every job: 1,000 seeds")
    void thousand() {
        keepsItsPromises(1, 1_000);
    }

    @Test
    @Tag("soak")
    @DisplayName("keeps what the engine promises, and ends every job: 100,000 seeds")
    void hundredThousand() {
        keepsItsPromises(1_001, 100_000);
    }

    private static void keepsItsPromises(long firstSeed, long count) {
        FaultSearch.Findings findings = FaultSearch.search(firstSeed, count);

        findings.failure().ifPresent(failure -> {
            throw failure;
        });
        assertThat(findings.farms()).isEqualTo(count);
        assertThat(findings.jobs().get(JobState.COMPLETED)).isGreaterThan(count);
    }
}
