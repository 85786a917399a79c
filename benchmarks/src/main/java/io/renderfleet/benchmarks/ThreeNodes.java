package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.CommandEngine;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.transport.http.HttpTransport;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Three real nodes of different speed over HTTP, rendering by a command that is started for each frame: how much sooner a job is done
 * than by static round-robin, which deals batches of 5 out in turn before anything begins. Both in one run, on the same nodes.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.ThreeNodes 60"
 * </pre>
 *
 * <p>Arguments: how many frames (default 60), then the milliseconds that a frame takes on each node (default 300 900 2400).
 */
public final class ThreeNodes {
    private static final int BATCH = 5;
    private static final List<Integer> USUAL_TIMES = List.of(300, 900, 2_400);

    private final Path folder;
    private final List<RenderNodeServer> nodes = new ArrayList<>();

    private ThreeNodes(Path folder) {
        this.folder = folder;
    }

    /**
     * Prints the table.
     *
     * @param args frames, and milliseconds a frame
     * @throws IOException if a node cannot be started
     */
    public static void main(String[] args) throws IOException {
        int frames = args.length > 0 ? Integer.parseInt(args[0]) : 60;
        List<Integer> times = args.length < 2
                ? USUAL_TIMES
                : Arrays.stream(args).skip(1).map(Integer::valueOf).toList();
        ThreeNodes farm = new ThreeNodes(Files.createTempDirectory("renderfleet-three-nodes"));
        try {
            farm.start(times);
            System.out.printf(
                    Locale.ROOT,
                    "%d frames on nodes that take %s ms a frame; load average %.1f%n",
                    frames,
                    times,
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            double dealt = farm.dealtOut(frames);
            System.out.printf(Locale.ROOT, "%-28s %8.1f s%n", "round-robin, static 5", dealt);
            double pulled = farm.pulled(frames, false);
            System.out.printf(
                    Locale.ROOT, "%-28s %8.1f s %8.2f times sooner%n", "free node pulls 5", pulled, dealt / pulled);
            double adaptive = farm.pulled(frames, true);
            System.out.printf(
                    Locale.ROOT, "%-28s %8.1f s %8.2f times sooner%n", "adaptive", adaptive, dealt / adaptive);
        } finally {
            farm.nodes.forEach(RenderNodeServer::close);
        }
        System.out.println("the frames are in " + farm.folder);
    }

    private void start(List<Integer> times) throws IOException {
        Path picture = folder.resolve("picture.png");
        ImageIO.write(new BufferedImage(64, 36, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        for (int time : times) {
            RenderNode node = RenderNode.builder()
                    .engine(CommandEngine.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx16m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SlowFrame.class.getName(),
                            Integer.toString(time),
                            picture.toString(),
                            "{output}"))
                    .outputRoot(folder.resolve("node-" + nodes.size()))
                    .build();
            nodes.add(RenderNodeServer.builder(node).port(0).start());
        }
    }

    /** Each node has an executor of its own, which has nothing but the frames that the node was dealt. */
    private double dealtOut(int frames) {
        List<RenderExecutor> executors = new ArrayList<>();
        List<RenderHandle> jobs = new ArrayList<>();
        long began = System.nanoTime();
        try {
            for (int i = 0; i < nodes.size(); i++) {
                FrameSet mine = dealtTo(i, frames);
                RenderExecutor executor = RenderExecutor.builder()
                        .transport(HttpTransport.create())
                        .nodes(nodes.get(i).uri().toString())
                        .outputRoot(folder.resolve("round-robin-" + i))
                        .build();
                executors.add(executor);
                if (!mine.isEmpty()) {
                    jobs.add(executor.submit(
                            RenderRequest.of(Scene.nodeDefault(), mine).batchSize(BATCH)));
                }
            }
            jobs.forEach(job -> job.completion().join().orThrow());
            return (System.nanoTime() - began) / 1e9;
        } finally {
            executors.forEach(RenderExecutor::close);
        }
    }

    private FrameSet dealtTo(int node, int frames) {
        FrameSet mine = FrameSet.empty();
        for (int first = 1 + node * BATCH; first <= frames; first += nodes.size() * BATCH) {
            mine = mine.union(FrameSet.range(first, Math.min(frames, first + BATCH - 1)));
        }
        return mine;
    }

    private double pulled(int frames, boolean adaptive) {
        RenderRequest request = RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, frames));
        long began = System.nanoTime();
        try (RenderExecutor executor = RenderExecutor.builder()
                .transport(HttpTransport.create())
                .nodes(nodes.stream().map(node -> node.uri().toString()).toArray(String[]::new))
                .splitter(adaptive ? BatchSplitters.adaptive() : BatchSplitters.fixed(BATCH))
                .outputRoot(folder.resolve(adaptive ? "adaptive" : "pulled"))
                .build()) {
            RenderResult result = executor.submit(request).completion().join().orThrow();
            if (result.frames().size() != frames) {
                throw new IllegalStateException(result.frames().size() + " frames of " + frames + " are there");
            }
            return (System.nanoTime() - began) / 1e9;
        }
    }
}
