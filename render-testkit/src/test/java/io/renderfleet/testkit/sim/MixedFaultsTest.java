package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.JobState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Under mixed faults, every farm")
@ExtendWith(QuietEngine.class)
class MixedFaultsTest {
    @Test
    @DisplayName("keeps what the engine promises, and ends every job: 200 seeds")
    void twoHundred() {
        keepsItsPromises(1, 200);
    }

    @Tag("long")
    @Test
    @DisplayName("keeps what the engine promises, and ends every job: 1,000 seeds")
    void thousand() {
        keepsItsPromises(201, 1_000);
    }

    @Test
    @DisplayName("keeps it too where a batch's books are closed late: its end lifts no 503 that came after it")
    void booksClosedLate() {
        assertThat(FaultSearch.search(22_457, 1).failure()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {603_286, 604_452})
    @DisplayName("gives up no job of two frames of which one crashes the renderer while the other has not been tried")
    void oneOfTwoFrames(long seed) {
        assertThat(FaultSearch.search(seed, 1).failure()).isEmpty();
    }

    @Test
    @Tag("soak")
    @DisplayName("keeps what the engine promises, and ends every job: 100,000 seeds")
    void hundredThousand() {
        keepsItsPromises(1_201, 100_000);
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
