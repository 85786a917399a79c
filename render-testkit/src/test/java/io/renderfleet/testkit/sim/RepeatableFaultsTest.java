package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A simulated farm under mixed faults")
@ExtendWith(QuietEngine.class)
class RepeatableFaultsTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 27, 91, 547, 5033})
    @DisplayName("gives the same trace for the same seed, byte for byte")
    void sameSeedSameTrace(long seed) {
        SimulationReport report = MixedFarm.of(seed).run(true);
        assertThat(report.trace())
                .hasSizeGreaterThan(50)
                .isEqualTo(MixedFarm.of(seed).run(true).trace());
    }

    @Test
    @DisplayName("has its other faults strike as before when one is left out")
    void faultsAreIndependent() {
        FaultDice all = dice(Faults.none().rate(Fault.LOST_REQUEST, 0.5).rate(Fault.DUPLICATE, 0.5));
        FaultDice one = dice(Faults.none().rate(Fault.DUPLICATE, 0.5));
        for (int i = 0; i < 100; i++) {
            all.strikes(Fault.LOST_REQUEST, CallKind.POLL);
            assertThat(one.strikes(Fault.DUPLICATE, CallKind.POLL))
                    .isEqualTo(all.strikes(Fault.DUPLICATE, CallKind.POLL));
        }
    }

    private static FaultDice dice(Faults faults) {
        return new FaultDice(faults, new VirtualTime(), new Randoms(7));
    }
}
