package io.renderfleet.benchmarks.http;

import com.sun.management.OperatingSystemMXBean;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Thousands of nodes over real sockets on this machine, light stubs in a process of their own: what a batch costs, and how soon the engine
 * knows that a node has finished, beside a bare loop over the JDK's client that makes the same calls.
 *
 * <p>Batches have one frame, whose file is fetched and published. After a round of each to warm up, the bare loop runs before and after the engine, with five
 * batches a node each, so that a machine which others use too shows itself. A time from one process to the other is right because both read
 * the same monotonic clock.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.http.ManyNodes 2000 100000 16000"
 * </pre>
 *
 * <p>Arguments: how many nodes (default 200, at most 60,000; each takes a file descriptor or two in either process), how many batches
 * (default 10 a node), the milliseconds that a batch takes on average (default 4,000; at most 16,000; each takes a
 * quarter more or less), and the port (default 39000).
 */
public final class ManyNodes {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int RAW_ROUNDS = 5;

    private final StubProcess stubs;
    private final Duration renderTime;
    private final Path folder;

    private ManyNodes(StubProcess stubs, Duration renderTime, Path folder) {
        this.stubs = stubs;
        this.renderTime = renderTime;
        this.folder = folder;
    }

    /** Something that makes the calls for a number of batches. */
    private interface Caller {
        void run(int batches, KnownAt known);
    }

    /**
     * Prints the table.
     *
     * @param args nodes, batches, milliseconds, port
     * @throws IOException if the stubs or the folder for the frames cannot be had
     */
    public static void main(String[] args) throws IOException {
        int nodes = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        int batches = args.length > 1 ? Integer.parseInt(args[1]) : 10 * nodes;
        Duration renderTime = Duration.ofMillis(args.length > 2 ? Integer.parseInt(args[2]) : 4_000);
        int port = args.length > 3 ? Integer.parseInt(args[3]) : 39_000;
        System.out.printf(
                Locale.ROOT,
                "%d nodes, %d batches of %d ms, %d processors, load average %.1f%n",
                nodes,
                batches,
                renderTime.toMillis(),
                SYSTEM.getAvailableProcessors(),
                SYSTEM.getSystemLoadAverage());
        Path folder = Files.createTempDirectory("renderfleet-many-nodes");
        try (StubProcess stubs = StubProcess.start(nodes, port, renderTime)) {
            ManyNodes run = new ManyNodes(stubs, renderTime, folder);
            System.out.printf(
                    "%-14s %8s %8s %9s %9s %9s %8s %9s %9s %9s %9s%n",
                    "",
                    "batches",
                    "seconds",
                    "CPU s",
                    "CPU us/b",
                    "CPU",
                    "stub CPU",
                    "req/batch",
                    "p50 ms",
                    "p99 ms",
                    "p99.9 ms");
            // What runs for the first time is slow for reasons of its own.
            run.measure("(warming up)", nodes, run::raw);
            run.measure("(warming up)", 2 * nodes, run::engine);
            int few = Math.min(batches, RAW_ROUNDS * nodes);
            double before = run.measure("bare client", few, run::raw);
            double engine = run.measure("engine", batches, run::engine);
            double after = run.measure("bare client", few, run::raw);
            System.out.printf(
                    Locale.ROOT,
                    "p99 of the engine over that of the bare client: %.2f (before), %.2f (after); load average %.1f%n",
                    engine / before,
                    engine / after,
                    SYSTEM.getSystemLoadAverage());
        } finally {
            delete(folder);
        }
    }

    /** Runs something, prints a line about it, and gives the 99th percentile of how late it knew, in milliseconds. */
    private double measure(String name, int batches, Caller caller) throws IOException {
        KnownAt known = new KnownAt();
        long cpu = SYSTEM.getProcessCpuTime();
        Duration stubCpu = stubs.cpu();
        long began = System.nanoTime();
        caller.run(batches, known);
        double seconds = (System.nanoTime() - began) / 1e9;
        double used = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
        StubProcess.Report report = stubs.report();
        double stubUsed = stubs.cpu().minus(stubCpu).toMillis() / 1e3;
        double[] delays = known.delays(report.ends());
        double requests =
                report.calls().values().stream().mapToInt(Integer::intValue).sum();
        int processors = SYSTEM.getAvailableProcessors();
        System.out.printf(
                Locale.ROOT,
                "%-14s %8d %8.1f %9.1f %9.0f %8.1f%% %7.1f%% %9.2f %9.2f %9.2f %9.2f%n",
                name,
                batches,
                seconds,
                used,
                used / batches * 1e6,
                100 * used / seconds / processors,
                100 * stubUsed / seconds / processors,
                requests / batches,
                KnownAt.quantile(delays, 0.5),
                KnownAt.quantile(delays, 0.99),
                KnownAt.quantile(delays, 0.999));
        System.out.println("               " + perBatch(report.calls(), batches));
        boolean eachOnce = report.frames() == batches && report.once() == batches && report.overbooked() == 0;
        if (!eachOnce) {
            throw new IllegalStateException(report.frames() + " frames of " + batches + " were rendered, "
                    + report.once() + " exactly once; " + report.overbooked() + " times a node had two batches");
        }
        return KnownAt.quantile(delays, 0.99);
    }

    private static String perBatch(Map<String, Integer> calls, int batches) {
        return "each frame rendered once; a batch: "
                + calls.entrySet().stream()
                        .map(entry -> String.format(
                                Locale.ROOT, "%.2f %s", (double) entry.getValue() / batches, entry.getKey()))
                        .collect(Collectors.joining(", "));
    }

    private void raw(int batches, KnownAt known) {
        new RawLoop(batches, known).run(stubs.addresses());
    }

    private void engine(int batches, KnownAt known) {
        RenderExecutorBuilder builder = RenderExecutor.builder()
                .transport(new MeasuredTransport(HttpTransport.create(), known))
                .outputRoot(folder);
        for (URI address : stubs.addresses()) {
            builder.target(new Target.Machine(address));
        }
        try (RenderExecutor farm = builder.build()) {
            RenderRequest request = RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, batches))
                    .batchSize(1)
                    .batchTimeout(renderTime.multipliedBy(10).plusMinutes(1));
            RenderResult result = farm.submit(request).completion().join().orThrow();
            if (result.frames().size() != batches) {
                throw new IllegalStateException(result.frames().size() + " frames of " + batches + " are there");
            }
        }
    }

    /** The engine may still be sweeping there: what is gone is gone. */
    private static void delete(Path folder) throws IOException {
        for (int tries = 0; tries < 10 && Files.exists(folder); tries++) {
            Files.walkFileTree(folder, new Deletion());
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
            if (problem instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw problem;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) throws IOException {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                System.err.println("still in use: " + folder);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
