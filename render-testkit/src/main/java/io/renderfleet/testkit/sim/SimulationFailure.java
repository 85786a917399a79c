package io.renderfleet.testkit.sim;

import java.io.Serial;
import java.util.List;

/** Something happened in a simulated farm that must never happen. The message says what, and under which seed. */
public final class SimulationFailure extends AssertionError {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> trace;

    /**
     * Makes the failure.
     *
     * @param message what happened, with the seed
     * @param trace what happened before
     */
    public SimulationFailure(String message, List<String> trace) {
        super(message);
        this.trace = List.copyOf(trace);
    }

    /**
     * Returns what happened before.
     *
     * @return a line each; empty unless the farm was asked to keep a trace
     */
    public List<String> trace() {
        return trace;
    }
}
