package io.renderfleet.testkit.sim;

/** A fault that was drawn. It counts once it has done something, such as when the call arrives whose answer is lost. */
final class DrawnFault {
    /** No fault. */
    static final DrawnFault NONE = new DrawnFault(() -> {});

    private final Runnable count;
    private boolean counted;

    DrawnFault(Runnable count) {
        this.count = count;
    }

    boolean isDue() {
        return this != NONE;
    }

    /** Notes that the fault takes effect; only the first time counts. */
    void strikes() {
        if (!counted) {
            counted = true;
            count.run();
        }
    }
}
