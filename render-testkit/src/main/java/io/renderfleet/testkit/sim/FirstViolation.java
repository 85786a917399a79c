package io.renderfleet.testkit.sim;

import org.jspecify.annotations.Nullable;

/** What was broken first, if anything was. Kept rather than thrown, since it is found deep inside the engine's calls. */
final class FirstViolation {
    private final Trace trace;
    private @Nullable String broken;

    FirstViolation(Trace trace) {
        this.trace = trace;
    }

    void broken(String what) {
        trace.add("!!!", what);
        if (broken == null) {
            broken = what;
        }
    }

    /** Notes what is broken unless something holds. */
    void holds(boolean condition, String otherwise) {
        if (!condition) {
            broken(otherwise);
        }
    }

    @Nullable String firstBroken() {
        return broken;
    }
}
