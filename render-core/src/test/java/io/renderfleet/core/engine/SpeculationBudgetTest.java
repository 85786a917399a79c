package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Of a job, work is done twice")
class SpeculationBudgetTest {
    private final SpeculationBudget budget = new SpeculationBudget();

    SpeculationBudgetTest() {}

    @Test
    @DisplayName("up to what the policy allows")
    void within() {
        assertThat(budget.allows(60, 100, false)).isTrue();
        budget.spend(60, 100);
        assertThat(budget.allows(40, 100, false)).isTrue();
        assertThat(budget.allows(41, 100, false)).isFalse();
    }

    @Test
    @DisplayName("once beyond that, for the batch that ends last, however small the frames before it were")
    void once() {
        budget.spend(99, 100);

        assertThat(budget.allows(1_000, 100, false)).isFalse();
        assertThat(budget.allows(1_000, 100, true)).isTrue();
        budget.spend(1_000, 100);
        assertThat(budget.allows(1_000, 100, true)).isFalse();
        assertThat(budget.allows(1, 100, false)).as("what is left stays").isTrue();
    }
}
