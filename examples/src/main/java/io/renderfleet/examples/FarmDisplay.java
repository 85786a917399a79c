package io.renderfleet.examples;

import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.Progress;
import io.renderfleet.core.model.RenderJob;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shows the progress of a job: on a terminal a bar and a line for each node, drawn again and again in the same place; elsewhere a plain
 * line whenever another frame is done.
 */
final class FarmDisplay {
    private static final int BAR_WIDTH = 32;
    private static final int NAME_WIDTH = 24;

    private final PrintStream out;
    private final boolean terminal;
    private int linesOnScreen;
    private int toldDone = -1;

    FarmDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    // With -Djdk.console=java.base, as the build starts it, newer JDKs too have no console where there is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    static FarmDisplay ofStandardOutput() {
        return new FarmDisplay(System.out, System.console() != null);
    }

    synchronized void show(RenderJob job, List<FarmNode> nodes) {
        Progress progress = Progress.of(job);
        if (terminal) {
            draw(progress, job, nodes);
        } else if (progress.done() != toldDone) {
            toldDone = progress.done();
            out.println(numbers(progress));
        }
    }

    private void draw(Progress progress, RenderJob job, List<FarmNode> nodes) {
        List<String> lines = new ArrayList<>();
        lines.add(bar(progress.fraction()) + " " + numbers(progress));
        nodes.forEach(node -> lines.add("  " + line(node, job)));
        StringBuilder screen = new StringBuilder();
        if (linesOnScreen > 0) {
            screen.append("\033[").append(linesOnScreen).append('A'); // back to the first line
        }
        lines.forEach(line -> screen.append(line).append("\033[K\n")); // and clear what an older line left
        linesOnScreen = lines.size();
        out.print(screen);
        out.flush();
    }

    private static String bar(double fraction) {
        int full = (int) Math.round(fraction * BAR_WIDTH);
        return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
    }

    private static String numbers(Progress progress) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%2d of %d frames", progress.done(), progress.total()));
        if (progress.framesPerSecond() != null) {
            text.append(String.format(Locale.ROOT, "  %.1f frames/s", progress.framesPerSecond()));
        }
        if (progress.timeLeft() != null && !progress.state().hasEnded()) {
            text.append("  ").append(progress.timeLeft().toSeconds()).append(" s left");
        }
        return text.toString();
    }

    private static String line(FarmNode node, RenderJob job) {
        FrameSet done = FrameSet.empty();
        String doing = node.state() == FarmNode.State.UP ? "idle" : node.state().wireName();
        for (Batch batch : job.batches()) {
            if (node.description() == null || !node.description().id().equals(batch.node())) {
                continue;
            }
            done = done.union(batch.frames().intersect(job.accepted()));
            if (batch.state() == Batch.State.RUNNING) {
                doing = doing(batch);
            }
        }
        String name = String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s", node.address());
        return name + String.format(Locale.ROOT, "  %2d done  ", done.size()) + doing;
    }

    private static String doing(Batch batch) {
        BatchProgress progress = batch.progress();
        if (progress.currentFrame() == null) {
            return "frames " + batch.frames();
        }
        String percent = progress.samples() == 0
                ? ""
                : String.format(Locale.ROOT, ", %.0f %%", 100 * progress.currentFraction());
        return "frames " + batch.frames() + ", now " + progress.currentFrame() + percent;
    }
}
