package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.AttemptBody;
import io.renderfleet.transport.http.wire.FailureBody;
import io.renderfleet.transport.http.wire.FrameList;
import io.renderfleet.transport.http.wire.FrameStatus;
import io.renderfleet.transport.http.wire.HistoryBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells what happened to one frame, line by line. */
final class FrameStory {
    private FrameStory() {}

    static List<String> of(FrameStatus frame) {
        List<AttemptBody> attempts = Objects.requireNonNullElse(frame.attempts(), List.of());
        List<String> lines = new ArrayList<>();
        lines.add("Frame " + frame.frame() + " " + standing(frame, attempts));
        lines.addAll(JobWaiter.waits(frame.waitingFor()));
        for (FrameList.FileEntry file : Objects.requireNonNullElse(frame.files(), List.<FrameList.FileEntry>of())) {
            lines.add("File: " + TerminalText.line(file.name()) + ", " + file.bytes() + " bytes");
        }
        if (attempts.isEmpty()) {
            lines.add("No attempt that had it is known.");
        }
        attempts.forEach(attempt -> lines.add(AttemptStory.of(attempt)));
        earlier(frame.earlier()).forEach(lines::add);
        last(frame, attempts)
                .forEach(attempt -> lines.add("Log: render logs " + TerminalText.line(frame.job()) + " --batch "
                        + TerminalText.line(attempt.batch()) + " --frame " + frame.frame()));
        if (frame.trace() != null) {
            lines.add("Trace: " + TerminalText.line(frame.trace()));
        }
        return lines;
    }

    private static String standing(FrameStatus frame, List<AttemptBody> attempts) {
        String state = Objects.requireNonNullElse(frame.state(), "");
        FailureBody failure = frame.failure();
        String before = failure == null ? "" : " The attempt before: " + AttemptStory.reason(failure);
        return switch (state) {
            case "accepted" -> "is there" + by(frame, attempts) + ".";
            case "unverified" -> "was rendered on a node that lists no frames: nobody could check it.";
            case "failed" -> "failed: " + (failure == null ? "no reason is known." : AttemptStory.reason(failure));
            case "rendering" -> "is out" + on(attempts) + "." + before;
            case "waiting" -> "waits for a node." + before;
            case "left" ->
                "is not there: the job ended without it"
                        + (failure == null ? "." : ": " + AttemptStory.reason(failure));
            default -> "is " + TerminalText.line(state) + "." + before;
        };
    }

    private static String by(FrameStatus frame, List<AttemptBody> attempts) {
        Double seconds = frame.seconds();
        String took = seconds == null || seconds == 0 ? "" : " in " + AttemptStory.time(seconds);
        return attempts.stream()
                .filter(attempt -> Objects.equals(attempt.attempt(), frame.attempt()))
                .map(attempt -> ": " + AttemptStory.node(attempt) + " rendered it" + took + ", in batch "
                        + TerminalText.line(attempt.batch()))
                .findFirst()
                .orElse(took.isEmpty() ? "" : ": it was rendered" + took);
    }

    private static String on(List<AttemptBody> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.endedAt() == null)
                .map(attempt -> " on " + AttemptStory.node(attempt))
                .findFirst()
                .orElse("");
    }

    /** The attempt whose log is worth reading: that which rendered the frame, else the last one. */
    private static List<AttemptBody> last(FrameStatus frame, List<AttemptBody> attempts) {
        return attempts.stream()
                .filter(attempt -> Objects.equals(attempt.attempt(), frame.attempt()))
                .findFirst()
                .or(() -> attempts.stream().reduce((one, next) -> next))
                .map(List::of)
                .orElse(List.of());
    }

    /** What is counted only. */
    static List<String> earlier(HistoryBody.@Nullable Earlier earlier) {
        return earlier == null || earlier.attempts() == null || earlier.attempts() == 0
                ? List.of()
                : List.of(earlier.attempts() + " attempts before are counted only: " + earlier.states()
                        + (earlier.failures() == null || earlier.failures().isEmpty()
                                ? ""
                                : ", with failures " + earlier.failures()));
    }
}
