package io.renderfleet.core.engine;

/** The slot that a batch holds on its node from its dispatch on. Changed by {@link SlotReturn}. */
final class SlotHold {
    private boolean held = true;

    /** Whether it was held until now. */
    boolean giveBack() {
        boolean before = held;
        held = false;
        return before;
    }
}
