package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * What a job of a million frames holds of the heap: while all of them wait, while half of them are finished, and once all are.
 *
 * <p>The frames come in one run, and, as the dearest case, every second one; each finished one has a file with a name and a digest of its
 * own. Ends with an error if anything is missing at the end, so that a heap of 300 MB shows what it takes:
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="-Xmx300m io.renderfleet.benchmarks.MillionFrames"
 * </pre>
 *
 * <p>Arguments: how many frames (default 1,000,000), and which of {@code "in one run"} and {@code "every second"} (default both).
 */
public final class MillionFrames {
    private static final String IN_ONE_RUN = "in one run";
    private static final String EVERY_SECOND = "every second";
    private static final int BATCH = 5;
    private static final int NODES = 64;
    private static final Duration WAIT = Duration.ofMillis(50);

    private MillionFrames() {}

    /**
     * Prints the table.
     *
     * @param args how many frames, and which
     */
    public static void main(String[] args) {
        int frames = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        System.out.printf(
                "%-16s %10s %12s %14s %12s %14s %12s %9s%n",
                "frames",
                "count",
                "waiting MB",
                "bytes/waiting",
                "half MB",
                "bytes/finished",
                "all done MB",
                "seconds");
        for (String sort : args.length > 1 ? List.of(args[1]) : List.of(IN_ONE_RUN, EVERY_SECOND)) {
            print(sort, sort.equals(IN_ONE_RUN) ? FrameSet.range(1, frames) : everySecond(frames));
        }
    }

    private static FrameSet everySecond(int frames) {
        return FrameSet.parse(-frames + 1 + "-" + (frames - 1) + "x2");
    }

    private static void print(String name, FrameSet frames) {
        long began = System.nanoTime();
        long empty = heap();
        int half = frames.size() / 2;
        NoOpTransport transport = new NoOpTransport(true, 1, frames.skip(half).first());
        RenderExecutorBuilder builder = RenderExecutor.builder()
                .transport(transport)
                .outputs(new NoOutputs())
                .io(Runnable::run);
        try (RenderExecutor executor = builder.build()) {
            RenderHandle job = executor.submit(
                    RenderRequest.of(Scene.onNodes("shot.blend"), frames).batchSize(BATCH));
            long waiting = heap() - empty;
            for (int i = 0; i < NODES; i++) {
                executor.nodes().add(new Target.Machine(URI.create("noop:n" + i)));
            }
            int done = untilDone(job, half);
            long halfDone = heap() - empty;
            transport.release();
            RenderResult result = job.completion().join();
            check(result, frames);
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %,10d %12.1f %14.2f %12.1f %14.1f %12.1f %9.1f%n",
                    name,
                    frames.size(),
                    waiting / 1e6,
                    (double) waiting / frames.size(),
                    halfDone / 1e6,
                    (double) (halfDone - waiting) / done,
                    (heap() - empty) / 1e6,
                    (System.nanoTime() - began) / 1e9);
        }
    }

    /** Waits until so many frames are finished, looking on as somebody at a dashboard does. */
    private static int untilDone(RenderHandle job, int frames) {
        RenderJob now = job.snapshot();
        while (now.accepted().size() < frames && !now.state().hasEnded()) {
            LockSupport.parkNanos(WAIT.toNanos());
            now = job.snapshot();
        }
        return now.accepted().size();
    }

    /** Looks at every frame of the result. */
    private static void check(RenderResult result, FrameSet frames) {
        result.orThrow();
        int count = 0;
        for (FrameOutput frame : result.frames()) {
            if (!frame.equals(NoOpTransport.output(frame.frame())) || !frames.contains(frame.frame())) {
                throw new IllegalStateException("frame " + frame + " is not as it was rendered");
            }
            count++;
        }
        if (count != frames.size()) {
            throw new IllegalStateException(count + " of " + frames.size() + " frames are there");
        }
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
