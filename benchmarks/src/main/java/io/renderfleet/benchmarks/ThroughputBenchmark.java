package io.renderfleet.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.inproc.InProcessTransport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Batches a second through the engine where nodes and frames cost nothing, beside a bare thread pool that hands out the same items.
 *
 * <p>A job of 100,000 batches of one frame goes to 64 nodes: of {@link InProcessTransport}, real nodes in this JVM that keep no files;
 * or of a transport that answers at once. {@code frames} also lists, fetches and publishes every frame, to nowhere.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Djmh="Throughput.*"
 * </pre>
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
public class ThroughputBenchmark {
    private static final int BATCHES = 100_000;
    private static final int NODES = 64;

    /** A farm whose nodes are done at once. */
    @State(Scope.Benchmark)
    public static class Farm {
        /** To whom batches go. */
        @Param({"no-op", "frames", "in-process"})
        public String nodes = "no-op";

        private final List<RenderNode> real = new ArrayList<>();
        private RenderExecutor executor = RenderExecutor.builder()
                .transport(new NoOpTransport(false, 1))
                .outputs(new NoOutputs())
                .build();

        /**
         * Starts the nodes.
         *
         * @throws IOException never: they keep no files
         */
        @Setup(Level.Trial)
        public void start() throws IOException {
            executor.close();
            RenderExecutorBuilder builder = RenderExecutor.builder().outputs(new NoOutputs());
            if (nodes.equals("in-process")) {
                InProcessTransport transport = new InProcessTransport();
                for (int i = 0; i < NODES; i++) {
                    RenderNode node = RenderNode.builder()
                            .engine(new NoOpEngine())
                            .maxJobs(64)
                            .retention(Duration.ZERO)
                            .build();
                    real.add(node);
                    transport.add("n" + i, node);
                }
                transport.targets().forEach(builder::target);
                builder.transport(transport);
            } else {
                builder.transport(new NoOpTransport(nodes.equals("frames"), 1));
                for (int i = 0; i < NODES; i++) {
                    builder.target(new Target.Machine(URI.create("noop:n" + i)));
                }
            }
            executor = builder.build();
        }

        /** Stops them. */
        @TearDown(Level.Trial)
        public void stop() {
            executor.close();
            real.forEach(RenderNode::close);
        }
    }

    /** Says what a batch costs in time on a processor, which a busy machine falsifies less than time by the clock. */
    @State(Scope.Benchmark)
    public static class Cost {
        private static final OperatingSystemMXBean SYSTEM =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

        private long began;
        private long batches;

        /** Begins to count. */
        @Setup(Level.Iteration)
        public void begin() {
            began = SYSTEM.getProcessCpuTime();
            batches = 0;
        }

        /** Prints what was counted. */
        @TearDown(Level.Iteration)
        public void print() {
            double micros = (SYSTEM.getProcessCpuTime() - began) / 1e3 / Math.max(1, batches);
            System.out.printf(Locale.ROOT, "%.2f us of processor time each, ", micros);
        }
    }

    /** A bare pool of as many threads as there are processors. */
    @State(Scope.Benchmark)
    public static class Pool {
        private final ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

        /** Stops the threads. */
        @TearDown(Level.Trial)
        public void stop() {
            threads.shutdown();
        }
    }

    /**
     * Renders a job of 100,000 batches.
     *
     * @param farm by whom
     * @param cost what it costs
     * @return how many frames are done
     */
    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public int engine(Farm farm, Cost cost) {
        RenderRequest request = RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, BATCHES))
                .batchSize(1);
        var result = farm.executor.submit(request).completion().join();
        cost.batches += BATCHES;
        int done = result.frames().size() + result.unverified().size();
        if (done != BATCHES) {
            throw new IllegalStateException("only " + done + " frames were done: " + result.failure());
        }
        return done;
    }

    /**
     * Hands 100,000 items to the pool and waits for all.
     *
     * @param pool whose threads take them
     * @param cost what it costs
     * @throws InterruptedException if it is stopped
     */
    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void pool(Pool pool, Cost cost) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(BATCHES);
        for (int i = 0; i < BATCHES; i++) {
            pool.threads.execute(done::countDown);
        }
        done.await();
        cost.batches += BATCHES;
    }
}
