package io.renderfleet.node;

import java.util.Locale;

/** How a node's job stands. */
public enum NodeJobState {
    /** Accepted, and not at its end. */
    RUNNING("Job still running"),
    /** All its frames are rendered and verified. */
    COMPLETED("Job completed"),
    /** Some are not. */
    FAILED("Job failed"),
    /** Somebody stopped it before all were. */
    CANCELLED("Job cancelled");

    private final String sentence;

    NodeJobState(String sentence) {
        this.sentence = sentence;
    }

    /**
     * Returns whether nothing will change any more.
     *
     * @return false while the job runs
     */
    public boolean ended() {
        return this != RUNNING;
    }

    /**
     * Returns the name on the wire.
     *
     * @return such as {@code running}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the state in words, as the text form of a status begins.
     *
     * @return such as {@code Job still running}
     */
    public String sentence() {
        return sentence;
    }
}
