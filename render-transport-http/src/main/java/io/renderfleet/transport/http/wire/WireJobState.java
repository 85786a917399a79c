package io.renderfleet.transport.http.wire;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** In which state a job is, in the two forms of the wire: a word, and one line for people. */
public enum WireJobState {
    /** An orchestrator has it; no batch of it runs. */
    QUEUED,
    /** An orchestrator holds it back, as somebody asked. */
    PAUSED,
    /** It is being rendered. */
    RUNNING,
    /** All frames were rendered. */
    COMPLETED,
    /** Some were not. */
    FAILED,
    /** Somebody stopped it. */
    CANCELLED;

    /** The line for an id that is not known. */
    public static final String NOT_FOUND_LINE = "Job not found";

    /**
     * Returns the word.
     *
     * @return such as {@code running}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns whether nothing more will happen.
     *
     * @return true for completed, failed and cancelled
     */
    public boolean ended() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /**
     * Returns the line.
     *
     * @param reason why it failed; null where that is not known
     * @return such as {@code Job still running}; without a line break
     */
    public String line(@Nullable String reason) {
        return switch (this) {
            case QUEUED, PAUSED, RUNNING -> "Job still running";
            case COMPLETED -> "Job completed";
            case CANCELLED -> "Job cancelled";
            case FAILED ->
                "Job failed: "
                        + (reason == null || reason.isBlank()
                                ? "no reason was given"
                                : reason.strip().replaceAll("\\s*\\R\\s*", " "));
        };
    }

    /**
     * Reads a word.
     *
     * @param word any text, or null
     * @return the state, or empty for a word that this version does not know
     */
    public static Optional<WireJobState> fromWire(@Nullable String word) {
        for (WireJobState state : values()) {
            if (state.wireName().equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads a line, as the simplest node sends it.
     *
     * @param line any text
     * @return the state that the line names, or empty
     */
    public static Optional<WireJobState> fromLine(String line) {
        String text = line.strip().toLowerCase(Locale.ROOT);
        if (text.startsWith("job failed")) {
            return Optional.of(FAILED);
        }
        return switch (text) {
            case "job still running" -> Optional.of(RUNNING);
            case "job completed" -> Optional.of(COMPLETED);
            case "job cancelled" -> Optional.of(CANCELLED);
            default -> Optional.empty();
        };
    }

    /**
     * Takes the reason out of the line of a failed job.
     *
     * @param line any text
     * @return what follows {@code Job failed:}; the whole line where it has another form
     */
    public static String reasonIn(String line) {
        return line.strip().replaceFirst("(?i)^job failed:?\\s*", "");
    }
}
