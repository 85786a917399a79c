package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.AttemptBody;
import io.renderfleet.transport.http.wire.FailureBody;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells of one attempt what an operator wants to know, in a line. */
final class AttemptStory {
    private AttemptStory() {}

    /** Which batch, where, when, how long each part took, and how it ended. */
    static String of(AttemptBody attempt) {
        StringBuilder line = new StringBuilder();
        Instant at = attempt.dispatchedAt();
        if (at != null) {
            line.append(at.truncatedTo(ChronoUnit.SECONDS)).append("  ");
        }
        line.append("Batch ")
                .append(TerminalText.line(attempt.batch()))
                .append(", frames ")
                .append(TerminalText.line(attempt.frames()))
                .append(", on ")
                .append(node(attempt));
        if (attempt.speculationOn() != null) {
            line.append(", beside batch ").append(TerminalText.line(attempt.speculationOn()));
        }
        List<String> parts = parts(attempt);
        if (!parts.isEmpty()) {
            line.append(": ").append(String.join(", ", parts));
        }
        return line.append(". ").append(end(attempt)).toString();
    }

    /** Whether it gave all that it was to give. */
    static boolean wentWell(AttemptBody attempt) {
        return "completed".equals(attempt.state());
    }

    static String node(AttemptBody attempt) {
        return TerminalText.line(attempt.node() == null ? attempt.url() : attempt.node());
    }

    private static List<String> parts(AttemptBody attempt) {
        List<String> parts = new ArrayList<>();
        part(parts, "waited", attempt.queueSeconds());
        part(parts, "sent in", attempt.startSeconds());
        part(parts, "loaded in", attempt.loadSeconds());
        part(parts, "rendered in", attempt.renderSeconds());
        part(parts, "fetched in", attempt.fetchSeconds());
        if (attempt.device() != null) {
            parts.add("on " + TerminalText.line(attempt.device()));
        }
        if (attempt.peakMemoryBytes() != null) {
            parts.add("with up to " + ProgressView.size(attempt.peakMemoryBytes()) + " of memory");
        }
        return parts;
    }

    private static void part(List<String> parts, String what, @Nullable Double seconds) {
        if (seconds != null) {
            parts.add(what + " " + time(seconds));
        }
    }

    /** Such as {@code 0.3 s}, {@code 12 s} or {@code 1 min 5 s}. */
    static String time(double seconds) {
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, seconds));
        }
        Duration time = Duration.ofSeconds(Math.round(Math.min(seconds, 1e9)));
        return time.toHours() > 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0
                        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                        : time.toSeconds() + " s";
    }

    private static String end(AttemptBody attempt) {
        String state = Objects.requireNonNullElse(attempt.state(), "");
        String lasted = lasted(attempt);
        String how = switch (state) {
            case "dispatched" -> "The node has not taken it yet";
            case "running" -> "It is being rendered" + arrived(attempt);
            case "collecting" -> "The node is done and its frames are being fetched" + arrived(attempt);
            case "completed" -> "It completed" + lasted;
            case "failed" -> "It failed" + lasted + arrived(attempt);
            case "returned" -> "The node gave it back or was lost" + lasted + arrived(attempt);
            case "cancelled" -> "It was stopped" + lasted + arrived(attempt);
            default -> "It is " + TerminalText.line(state) + lasted;
        };
        FailureBody failure = attempt.failure();
        return failure == null ? how + "." : how + ": " + reason(failure);
    }

    private static String arrived(AttemptBody attempt) {
        long frames = ProgressView.count(attempt.delivered());
        return frames == 0
                ? ""
                : ", with " + frames + " of its " + ProgressView.count(attempt.frames()) + " frames accepted";
    }

    private static String lasted(AttemptBody attempt) {
        Instant begun = attempt.dispatchedAt();
        Instant ended = attempt.endedAt();
        return begun == null || ended == null
                ? ""
                : " after " + time(Duration.between(begun, ended).toMillis() / 1000.0);
    }

    /** The sentence of a failure, and its kind. */
    static String reason(FailureBody failure) {
        return TerminalText.line(failure.message())
                + (failure.kind() == null ? "" : " [" + TerminalText.line(failure.kind()) + "]");
    }
}
