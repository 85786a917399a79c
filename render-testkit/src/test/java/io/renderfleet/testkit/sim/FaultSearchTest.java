package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.BatchSplitter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A search for faults")
@ExtendWith(QuietEngine.class)
class FaultSearchTest {
    /** Gives frames that do not wait, but only where three or more do. */
    private static final BatchSplitter BROKEN = context -> context.waiting().size() == 3
            ? FrameSet.of(99_999)
            : context.waiting().take(5);

    @Test
    @DisplayName("tells the seed and the shortest trace that show what is broken, on the smallest farm that does")
    void findsAndShortens() {
        FaultSearch.Findings findings = FaultSearch.search(1, 100, engine -> engine.splitter(BROKEN));

        SimulationFailure failure = findings.failure().orElseThrow();
        MixedFarm first = MixedFarm.of(findings.farms()).engine(engine -> engine.splitter(BROKEN));
        assertThat(failure)
                .hasMessageContaining("INTERNAL_ERROR")
                .hasMessageContaining("(seed " + findings.farms() + ")")
                .hasMessageContaining("no hands, faults until PT0S: []");
        assertThat(failure.trace()).hasSizeLessThan(traceOf(first));
        assertThat(failure.getMessage()).contains(failure.trace());
    }

    private static int traceOf(MixedFarm farm) {
        try {
            return farm.run(true).trace().size();
        } catch (SimulationFailure e) {
            return e.trace().size();
        }
    }

    @Test
    @DisplayName("finds nothing in a splitter that does as it should")
    void findsNothing() {
        FaultSearch.Findings findings = FaultSearch.search(
                1, 50, engine -> engine.splitter(context -> context.waiting().take(2)));

        assertThat(findings.failure()).isEmpty();
        assertThat(findings.farms()).isEqualTo(50);
    }
}
