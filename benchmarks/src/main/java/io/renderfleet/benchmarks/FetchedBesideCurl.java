package io.renderfleet.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.renderfleet.core.image.ImageBounds;
import io.renderfleet.core.image.ImageCheck;
import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.CommandEngine;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.transport.http.HttpTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to bring frames home, beside {@code curl} and {@code sha256sum}: a real node in a process of its own has twenty plain OpenEXR
 * frames of 33 MB. They are fetched one after the other by a transport, which writes, hashes and checks them, and by one {@code curl} into files that
 * one {@code sha256sum} hashes afterwards. The two take turns.
 *
 * <p>Prints processor time of both ends for each MB, medians of the rounds, and the greatest resident memory of each process. Needs Linux.
 */
public final class FetchedBesideCurl {
    private static final int FRAMES = 20;
    private static final double MB = 1e6;

    /** Linux tells the processor time of processes that have ended in hundredths of a second. */
    private static final double TICK_MILLIS = 10;

    private final Path folder;
    private final Process node;
    private final HttpTransport transport;
    private final List<FrameOutput> frames = new ArrayList<>();
    private long curlMemory;

    private FetchedBesideCurl(Path folder, Process node, HttpTransport transport) {
        this.folder = folder;
        this.node = node;
        this.transport = transport;
    }

    /** The processor time of a round at either end, in milliseconds a MB. */
    private record Cost(double receiver, double node) {}

    /**
     * Measures.
     *
     * @param args a folder for some 1.4 GB, {@code target} by default, and how many rounds, 5 by default
     * @throws Exception if something cannot be measured
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 3 && args[0].equals("node")) {
            serve(Path.of(args[1]), Path.of(args[2]));
            return;
        }
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Path folder = Files.createTempDirectory(
                Path.of(args.length > 0 ? args[0] : "target").toAbsolutePath(), "fetched");
        Path picture = Files.write(folder.resolve("picture.exr"), CheckedFrame.plainExr());
        Process node = java("node", folder.toString(), picture.toString());
        try (HttpTransport transport = HttpTransport.create()) {
            new FetchedBesideCurl(folder, node, transport).measure(rounds);
        } finally {
            node.destroy();
            node.waitFor(10, TimeUnit.SECONDS);
            FileTree.remove(folder);
        }
    }

    private static Process java(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                FetchedBesideCurl.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** What the node's process does, until it is ended. */
    private static void serve(Path folder, Path picture) throws Exception {
        RenderNode node = RenderNode.builder()
                .engine(CommandEngine.of("cp", picture.toString(), "{output}"))
                .outputRoot(folder.resolve("node"))
                .build();
        try (RenderNodeServer server = RenderNodeServer.builder(node).port(0).start()) {
            System.out.println("at " + server.uri());
            Thread.currentThread().join();
        }
    }

    private void measure(int rounds) throws Exception {
        RemoteJob job = render();
        long bytes = frames.stream().mapToLong(frame -> file(frame).bytes()).sum();
        List<Cost> ours = new ArrayList<>();
        List<Cost> theirs = new ArrayList<>();
        for (int round = -1; round < rounds; round++) {
            Cost fetched = cost(bytes, () -> fetch(job));
            Cost curled = cost(bytes, () -> curl(job));
            if (round >= 0) {
                ours.add(fetched);
                theirs.add(curled);
            }
        }
        System.out.printf(
                "| %d frames of %.1f MB | receiver | node | both |%n|---|---|---|---|%n", FRAMES, bytes / MB / FRAMES);
        print("HttpTransport: written, hashed, checked", ours);
        print("curl, then sha256sum", theirs);
        System.out.printf(
                "greatest resident memory in MB: this process %.0f, node %.0f, curl %.0f%n",
                memory(ProcessHandle.current().pid()) / MB, memory(node.pid()) / MB, curlMemory / MB);
    }

    private static void print(String name, List<Cost> costs) {
        System.out.printf(
                "| %s | %.2f | %.2f | %.2f |%n",
                name,
                median(costs.stream().map(Cost::receiver).toList()),
                median(costs.stream().map(Cost::node).toList()),
                median(costs.stream().map(cost -> cost.receiver() + cost.node()).toList()));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private RemoteJob render() throws Exception {
        BufferedReader out = new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("at ")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("the node did not start");
        }
        Assignment batch = new Assignment(
                new JobId("shot"),
                new BatchId("1"),
                new AttemptId("f-1", 1, 1),
                "f-1/1/1",
                FrameSet.range(1, FRAMES),
                Scene.nodeDefault(),
                RenderSettings.builder().format("OPEN_EXR").build(),
                OutputPattern.DEFAULT,
                null,
                null,
                ScenePolicy.DEFAULT,
                null);
        SubmitOutcome taken = transport
                .submit(new Target.Machine(URI.create(line.substring(3))), batch)
                .toCompletableFuture()
                .get();
        if (!(taken instanceof SubmitOutcome.Accepted accepted)) {
            throw new IOException("the node did not take the batch: " + taken);
        }
        RemoteJob job = accepted.remote();
        PollOutcome seen = poll(job);
        while (seen instanceof PollOutcome.Running || seen instanceof PollOutcome.Waiting) {
            seen = poll(job);
        }
        FramesOutcome listed = transport.frames(job).toCompletableFuture().get();
        if (!(listed instanceof FramesOutcome.Listed list) || list.frames().size() != FRAMES) {
            throw new IOException("the node has not rendered all: " + seen + ", " + listed);
        }
        frames.addAll(list.frames());
        return job;
    }

    private PollOutcome poll(RemoteJob job) throws Exception {
        return transport
                .poll(job, Duration.ofSeconds(20), null)
                .toCompletableFuture()
                .get();
    }

    private static OutputFile file(FrameOutput frame) {
        return frame.files().get(0);
    }

    private interface Work {
        void run() throws Exception;
    }

    private Cost cost(long bytes, Work work) throws Exception {
        double receiver = ownMillis() + childrensMillis();
        double sender = nodesMillis();
        work.run();
        return new Cost(
                (ownMillis() + childrensMillis() - receiver) / (bytes / MB), (nodesMillis() - sender) / (bytes / MB));
    }

    private static double ownMillis() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e6;
    }

    private double nodesMillis() {
        return node.info().totalCpuDuration().orElseThrow().toMillis();
    }

    /** Of processes that have ended: see proc_pid_stat(5), cutime and cstime. */
    private static double childrensMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * TICK_MILLIS;
    }

    /** The greatest that a process had, in bytes; 0 once it has ended. */
    private static long memory(long pid) throws IOException {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void fetch(RemoteJob job) throws Exception {
        for (FrameOutput frame : frames) {
            OutputFile file = file(frame);
            Path into = folder.resolve("fetched");
            try (ImageCheck check =
                    ImageCheck.of(file.name(), file.bytes(), ImageBounds.ANY).orElseThrow()) {
                FetchOutcome outcome = transport
                        .fetch(job, frame.frame(), file, into, bytes -> {
                            check.add(bytes);
                            return check.flaw().orElse(null);
                        })
                        .toCompletableFuture()
                        .get();
                if (!(outcome instanceof FetchOutcome.Fetched)
                        || check.end(into).isPresent()) {
                    throw new IOException("the frame should have come: " + outcome);
                }
            }
            Files.delete(into);
        }
    }

    private void curl(RemoteJob job) throws Exception {
        List<String> curl = new ArrayList<>(List.of("curl", "-sf"));
        List<String> sum = new ArrayList<>(List.of("sha256sum"));
        for (FrameOutput frame : frames) {
            Path into = folder.resolve("curled-" + frame.frame());
            curl.addAll(List.of(
                    job.target().address() + "/job/" + job.id() + "/frames/" + frame.frame(), "-o", into.toString()));
            sum.add(into.toString());
        }
        run(curl);
        String sums = run(sum);
        if (sums.split(file(frames.get(0)).sha256().hex(), -1).length != FRAMES + 1) {
            throw new IOException("curl should have fetched the same files: " + sums);
        }
        for (String file : sum.subList(1, sum.size())) {
            Files.delete(Path.of(file));
        }
    }

    private String run(List<String> command) throws Exception {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
            curlMemory = Math.max(curlMemory, memory(process.pid()));
        }
        if (process.exitValue() != 0) {
            throw new IOException(command.get(0) + " failed: " + Files.readString(out));
        }
        return Files.readString(out);
    }
}
