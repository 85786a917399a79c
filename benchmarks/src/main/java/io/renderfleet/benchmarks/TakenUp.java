package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import io.renderfleet.store.jdbc.JdbcJobStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * What it takes to take up a job of a million frames, half of them finished, from an H2 file: in a heap that the job runs in, too.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="-Xmx300m io.renderfleet.benchmarks.TakenUp"
 * </pre>
 *
 * <p>Argument: how many frames (default 1,000,000).
 */
public final class TakenUp {
    private static final int BATCH = 5;
    private static final int NODES = 64;
    private static final Duration WAIT = Duration.ofMillis(50);

    private TakenUp() {}

    /**
     * Runs a job to its half, leaves it, takes it up, and runs it to its end.
     *
     * @param args how many frames
     * @throws IOException if the file cannot be written
     */
    public static void main(String[] args) throws IOException {
        int frames = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path folder = Files.createTempDirectory("renderfleet-benchmark");
        try {
            JobId job = runToHalf(folder, frames);
            System.out.printf(Locale.ROOT, "left: %.1f MB of store%n", Files.size(folder.resolve("jobs.mv.db")) / 1e6);
            takeUp(folder, job, frames);
        } finally {
            DurableThroughput.remove(folder);
        }
    }

    private static JobId runToHalf(Path folder, int frames) {
        long began = System.nanoTime();
        RenderExecutor farm = farm(folder, new NoOpTransport(true, 1, frames / 2 + 1));
        RenderHandle job = farm.submit(RenderRequest.of(Scene.onNodes("shot.blend"), FrameSet.range(1, frames))
                .batchSize(BATCH));
        while (job.snapshot().accepted().size() < frames / 2) {
            LockSupport.parkNanos(WAIT.toNanos());
        }
        farm.detach();
        System.out.printf(Locale.ROOT, "half of %,d frames: %.1f s%n", frames, seconds(began));
        return job.id();
    }

    private static void takeUp(Path folder, JobId id, int frames) {
        System.gc();
        long began = System.nanoTime();
        try (RenderExecutor farm = farm(folder, new NoOpTransport(true, 1))) {
            RenderHandle job = farm.job(id).orElseThrow();
            int accepted = job.snapshot().accepted().size();
            System.out.printf(
                    Locale.ROOT,
                    "taken up with %,d accepted frames: %.1f s, in a heap of at most %.0f MB%n",
                    accepted,
                    seconds(began),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax() / 1e6);
            if (accepted < frames / 2) {
                throw new IllegalStateException("only " + accepted + " frames were kept");
            }
            RenderResult result = job.completion().join().orThrow();
            if (result.frames().size() != frames) {
                throw new IllegalStateException(result.frames().size() + " of " + frames + " frames are there");
            }
            System.out.printf(Locale.ROOT, "all done: %.1f s%n", seconds(began));
        }
    }

    private static RenderExecutor farm(Path folder, NoOpTransport transport) {
        RenderExecutor farm = RenderExecutor.builder()
                .transport(transport)
                .outputs(new NoOutputs())
                .store(JdbcJobStore.h2(folder.resolve("jobs")))
                .io(Runnable::run)
                .build();
        for (int i = 0; i < NODES; i++) {
            farm.nodes().add(new Target.Machine(URI.create("noop:n" + i)));
        }
        return farm;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
