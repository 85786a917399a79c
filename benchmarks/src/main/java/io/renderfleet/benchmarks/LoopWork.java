package io.renderfleet.benchmarks;

import com.sun.management.ThreadMXBean;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a batch costs the engine's one thread when there are few or many nodes and jobs: with work that is logarithmic in both, hardly more.
 *
 * <p>Nodes are done at once. {@code others} are free nodes that no job may use, because they lack a label. Prints time on a processor,
 * which a busy machine falsifies less than time by the clock, and the heap that the waiting farm holds.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark=io.renderfleet.benchmarks.LoopWork
 * </pre>
 */
public final class LoopWork {
    private static final int BATCHES = 50_000;
    private static final String LABELLED = "noop:gpu-";
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private LoopWork() {}

    /** How large a farm is. */
    private record Size(int nodes, int others, int jobs) {}

    /**
     * Prints the table.
     *
     * @param args none
     */
    public static void main(String[] args) {
        System.out.printf("%8s %8s %8s %10s %12s %14s%n", "nodes", "others", "jobs", "batches", "us/batch", "heap MB");
        List<Size> sizes = List.of(
                new Size(100, 0, 1),
                new Size(10_000, 0, 1),
                new Size(100, 0, 10_000),
                new Size(10_000, 0, 10_000),
                new Size(100, 10_000, 1),
                new Size(100, 10_000, 10_000));
        // What runs for the first time is slow for reasons of its own.
        run(sizes.get(0));
        run(sizes.get(0));
        for (Size size : sizes) {
            System.out.printf(Locale.ROOT, "%,8d %,8d %,8d %s%n", size.nodes(), size.others(), size.jobs(), run(size));
        }
    }

    private static String run(Size size) {
        System.gc();
        long empty = MEMORY.getHeapMemoryUsage().getUsed();
        NoOpTransport transport = new NoOpTransport(false, 1, Integer.MIN_VALUE);
        RenderExecutorBuilder builder = RenderExecutor.builder()
                .transport(transport)
                .outputs(new NoOutputs())
                .io(Runnable::run);
        for (int i = 0; i < size.nodes(); i++) {
            builder.target(new Target.Machine(URI.create(LABELLED + i)));
        }
        for (int i = 0; i < size.others(); i++) {
            builder.target(new Target.Machine(URI.create("noop:other-" + i)));
        }
        try (RenderExecutor executor = builder.build()) {
            List<RenderHandle> jobs = new ArrayList<>();
            int perJob = Math.max(1, BATCHES / size.jobs());
            for (int i = 0; i < size.jobs(); i++) {
                jobs.add(executor.submit(RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, perJob))
                        .batchSize(1)
                        .requires(Map.of("gpu", "yes"))));
            }
            System.gc();
            long heap = MEMORY.getHeapMemoryUsage().getUsed() - empty;
            long before = loopNanos();
            transport.release();
            for (RenderHandle job : jobs) {
                if (job.completion().join().unverified().size() != perJob) {
                    throw new IllegalStateException("job " + job + " is not done");
                }
            }
            double micros = (loopNanos() - before) / 1e3 / perJob / size.jobs();
            return String.format(Locale.ROOT, "%,10d %12.2f %14.1f", perJob * size.jobs(), micros, heap / 1e6);
        }
    }

    /** How long the engine's thread has been on a processor. */
    private static long loopNanos() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().equals("renderfleet-engine")) {
                return threads.getThreadCpuTime(id);
            }
        }
        throw new IllegalStateException("there is no engine");
    }
}
