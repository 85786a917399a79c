package io.renderfleet.engine.blender;

import java.util.List;

/** How the driver answered a command, or why it did not. */
sealed interface Reply {

    /**
     * It did what the command said.
     *
     * @param event its last word on it
     * @param files what it said of each file it wrote, the main one first
     */
    record Done(DriverEvent event, List<DriverEvent> files) implements Reply {
        /** Copies the list. */
        public Done {
            files = List.copyOf(files);
        }
    }

    /** It refused, and waits for the next command. */
    record Refused(DriverEvent error) implements Reply {}

    /** Blender ended. */
    record Exited(int code) implements Reply {}

    /** Blender said nothing for too long. */
    record Silent() implements Reply {}

    /** Nobody wants the answer any more; Blender is still busy with it. */
    record Stopped() implements Reply {}

    /** The frame took too long. */
    record TookTooLong() implements Reply {}
}
