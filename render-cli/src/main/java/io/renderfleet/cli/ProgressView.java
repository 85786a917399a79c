package io.renderfleet.cli;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.transport.http.wire.OrchestratorJob;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows progress: on a terminal a bar that moves, elsewhere a line whenever there is news. */
final class ProgressView {
    private static final int BAR = 30;

    private final Screen screen;
    private String told = "";
    private boolean drawn;

    ProgressView(Screen screen) {
        this.screen = screen;
    }

    /** A job. */
    void show(OrchestratorJob job) {
        long total = count(job.frames());
        long done = count(job.accepted()) + count(job.unverified());
        long failed = count(job.failed());
        StringBuilder text = new StringBuilder();
        text.append(done).append(" of ").append(total).append(" frames");
        if (failed > 0) {
            text.append(", ").append(failed).append(" failed");
        }
        String steady = TerminalText.line(job.state()) + ", " + text;
        if (job.framesPerSecond() != null && job.framesPerSecond() > 0) {
            text.append(String.format(Locale.ROOT, "  %.1f frames/s", job.framesPerSecond()));
        }
        if (job.secondsLeft() != null && !JobFollower.hasEnded(job)) {
            text.append("  ").append(time(job.secondsLeft())).append(" left");
        }
        double part = job.progress() != null ? job.progress() : total == 0 ? 0 : (double) done / total;
        if (screen.terminal()) {
            draw(part, text + "  " + TerminalText.line(job.state()));
        } else if (!steady.equals(told)) {
            told = steady;
            screen.note(TerminalText.line(job.state()) + ", " + text);
        }
    }

    /** Bytes that are on their way; without a terminal it says nothing until they are there. */
    void show(String what, long bytes, long total) {
        if (screen.terminal()) {
            draw(total == 0 ? 1 : (double) bytes / total, what + "  " + size(bytes) + " of " + size(total));
        }
    }

    /** Leaves what was drawn last on the screen. */
    void end() {
        if (drawn) {
            screen.err().println();
            screen.err().flush();
            drawn = false;
        }
    }

    private void draw(double part, String text) {
        int full = (int) Math.round(Math.max(0, Math.min(1, part)) * BAR);
        screen.err().print("\r[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + text + "\033[K");
        screen.err().flush();
        drawn = true;
    }

    static long count(@Nullable String frames) {
        try {
            return frames == null || frames.isBlank()
                    ? 0
                    : FrameSet.parse(frames).size();
        } catch (IllegalArgumentException newer) {
            return 0;
        }
    }

    static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes / 1024.0;
        String[] units = {"KiB", "MiB", "GiB"};
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    private static String time(double seconds) {
        Duration time = Duration.ofSeconds(Math.round(Math.min(seconds, 1e9)));
        return time.toHours() > 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0
                        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                        : time.toSeconds() + " s";
    }
}
