package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.AttemptBody;
import io.renderfleet.transport.http.wire.HistoryBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Tells what happened to a job, line by line: by node what went well, and one by one what did not, or is under way. */
final class JobStory {
    private JobStory() {}

    static List<String> of(HistoryBody history, boolean all) {
        List<AttemptBody> attempts = Objects.requireNonNullElse(history.attempts(), List.of());
        List<String> lines = new ArrayList<>();
        lines.addAll(FrameStory.earlier(history.earlier()));
        if (!all) {
            lines.addAll(completed(attempts));
        }
        attempts.stream()
                .filter(attempt -> all || !AttemptStory.wentWell(attempt))
                .map(AttemptStory::of)
                .forEach(lines::add);
        if (attempts.isEmpty()) {
            lines.add("Nothing of it was tried yet.");
        }
        if (history.trace() != null) {
            lines.add("Trace: " + TerminalText.line(history.trace()));
        }
        return lines;
    }

    private static List<String> completed(List<AttemptBody> attempts) {
        Map<String, Count> nodes = new TreeMap<>();
        attempts.stream()
                .filter(AttemptStory::wentWell)
                .forEach(attempt -> nodes.merge(
                        AttemptStory.node(attempt),
                        new Count(
                                1,
                                ProgressView.count(attempt.delivered()),
                                Objects.requireNonNullElse(attempt.renderSeconds(), 0.0)),
                        Count::plus));
        return nodes.entrySet().stream()
                .map(node -> node.getKey() + " completed " + node.getValue())
                .toList();
    }

    private record Count(int batches, long frames, double seconds) {
        Count plus(Count more) {
            return new Count(batches + more.batches, frames + more.frames, seconds + more.seconds);
        }

        @Override
        public String toString() {
            return batches + (batches == 1 ? " batch" : " batches") + " with " + frames
                    + (frames == 1 ? " frame" : " frames")
                    + (seconds > 0 && frames > 0 ? ", " + AttemptStory.time(seconds / frames) + " a frame." : ".");
        }
    }
}
