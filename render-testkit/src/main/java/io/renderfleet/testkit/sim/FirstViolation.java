package io.renderfleet.testkit.sim;

import org.jspecify.annotations.Nullable;

/** The first rule that was broken, if any was. It is kept and not thrown, since it is found deep inside calls of the engine. */
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

    /** Notes a violation unless the condition holds. */
    void holds(boolean condition, String otherwise) {
        if (!condition) {
            broken(otherwise);
        }
    }

    @Nullable String firstBroken() {
        return broken;
    }
}
