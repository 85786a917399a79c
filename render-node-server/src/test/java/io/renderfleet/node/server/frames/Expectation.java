package io.renderfleet.node.server.frames;

import io.renderfleet.core.model.FailureKind;

/** What must become of a job. */
sealed interface Expectation {

    /** All frames are completed, and their pixels are those of a bare Blender. */
    record Equal() implements Expectation {
        @Override
        public String toString() {
            return "equal";
        }
    }

    /**
     * The job fails.
     *
     * @param kind of the failure
     * @param word that its message has, so that a person knows what to mend
     */
    record Fails(FailureKind kind, String word) implements Expectation {
        @Override
        public String toString() {
            return kind + " '" + word + "'";
        }
    }

    /**
     * All frames are completed and equal, and the job bears a warning.
     *
     * @param kind of the warning
     * @param word that its message has
     */
    record Warns(String kind, String word) implements Expectation {
        @Override
        public String toString() {
            return "equal, with a warning " + kind + " '" + word + "'";
        }
    }
}
