package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

/** What is asked of each run whose faults are scripted: a fault that does not strike tests nothing. */
final class Script {
    private Script() {}

    /** Fails unless each fault that was scripted struck as often as the script says. */
    static SimulationReport played(SimulationReport report) {
        assertThat(report.missed()).as("scripted faults that did not strike").isEmpty();
        return report;
    }
}
