package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.testkit.ExternalTool;
import io.renderfleet.transport.http.HttpTransport;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A cloth of 250 frames that is not baked, on three nodes over HTTP: by sessions that step through what comes before their batches, and
 * by one node that bakes for all. Beside it the same baked first, by the artist, and one bare Blender that bakes and renders. All pixels
 * are compared to those of the bare run.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark=io.renderfleet.benchmarks.SimulationRun
 * </pre>
 */
public final class SimulationRun {
    private static final int FRAMES = 250;
    private static final int NODES = 3;

    private final PrintStream out;
    private final Path blender;
    private final Path folder;

    private SimulationRun(PrintStream out, Path blender, Path folder) {
        this.out = out;
        this.blender = blender;
        this.folder = folder;
    }

    /**
     * Runs everything and prints one table.
     *
     * @param arguments none
     * @throws IOException if a frame is missing or has other pixels, or files can't be written
     * @throws InterruptedException if the program is interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path blender = ExternalTool.BLENDER.find().orElse(null);
        if (blender == null) {
            System.err.println("Blender is not installed: nothing to measure.");
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory("renderfleet-simulation-");
        try {
            new SimulationRun(System.out, blender, folder).measure();
        } finally {
            delete(folder);
        }
    }

    private void measure() throws IOException, InterruptedException {
        out.printf(
                Locale.ROOT,
                "%d frames; load average %.1f%n",
                FRAMES,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        double bake = makeScenes();
        print("bake, bare", bake);
        double bare = bare();
        print("render the baked scene, bare", bare);
        print("bare, both", bake + bare);
        print("3 nodes, run-up, adaptive", farm("cloth", Simulation.RUN_UP, BatchSplitters.adaptive()));
        print("3 nodes, run-up, batches of 84", farm("cloth", Simulation.RUN_UP, BatchSplitters.fixed(84)));
        print("3 nodes, run-up, batches of 10", farm("cloth", Simulation.RUN_UP, BatchSplitters.fixed(10)));
        print("3 nodes, bake, adaptive", farm("cloth", Simulation.BAKE, BatchSplitters.adaptive()));
        print("3 nodes, bake, batches of 10", farm("cloth", Simulation.BAKE, BatchSplitters.fixed(10)));
        print("3 nodes, auto, batches of 10", farm("cloth", Simulation.AUTO, BatchSplitters.fixed(10)));
        double baked = farm("cloth-baked", Simulation.REFUSE, BatchSplitters.fixed(10));
        print("3 nodes, baked before, batches of 10", baked);
        print("that with the bake", bake + baked);
    }

    private void print(String what, double seconds) {
        out.printf(Locale.ROOT, "  %-40s %8.1f s%n", what, seconds);
    }

    /** Makes both scenes, and returns what baking took. */
    private double makeScenes() throws IOException, InterruptedException {
        Path script = Stream.of("scenes/make_cloth.py", "benchmarks/scenes/make_cloth.py")
                .map(path -> Path.of(path).toAbsolutePath())
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new IOException("run this in the project's folder or in benchmarks"));
        String said = run("--python-exit-code", "3", "--python", script.toString(), "--", folder.toString());
        return said.lines()
                .filter(line -> line.startsWith("baked in "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[2]))
                .findFirst()
                .orElseThrow(() -> new IOException("the bake was not timed:\n" + said));
    }

    private double bare() throws IOException, InterruptedException {
        long began = System.nanoTime();
        run(
                folder.resolve("cloth-baked.blend").toString(),
                "--python-expr",
                "import bpy; bpy.context.scene.render.use_persistent_data = True",
                "--render-output",
                folder.resolve("bare").resolve("####").toString(),
                "--frame-start",
                "1",
                "--frame-end",
                Integer.toString(FRAMES),
                "--render-anim");
        return (System.nanoTime() - began) / 1e9;
    }

    private double farm(String scene, Simulation simulation, BatchSplitter splitter) throws IOException {
        Path place = Files.createTempDirectory(folder, "farm-");
        List<RenderNodeServer> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                RenderNode node = RenderNode.builder()
                        .engine(BlenderEngine.builder().blender(blender).build())
                        .outputRoot(place.resolve("node-" + i))
                        .build();
                nodes.add(RenderNodeServer.builder(node).port(0).start());
            }
            long began = System.nanoTime();
            try (ContentStore scenes = FolderContentStore.open(
                            place.resolve("scenes"),
                            1L << 30,
                            1L << 33,
                            InstantSource.system(),
                            ContentLayout.asIs("scene"));
                    RenderExecutor executor = RenderExecutor.builder()
                            .transport(HttpTransport.create())
                            .nodes(nodes.stream()
                                    .map(node -> node.uri().toString())
                                    .toArray(String[]::new))
                            .splitter(splitter)
                            .scenes(scenes)
                            .build()) {
                RenderRequest request = RenderRequest.of(Scene.local(folder.resolve(scene + ".blend")), "1-" + FRAMES)
                        .scenePolicy(new ScenePolicy(simulation, MissingFiles.FAIL, Set.of()))
                        .outputFolder(place.resolve("frames"));
                RenderHandle handle = executor.submit(request);
                List<Path> files = handle.completion().join().orThrow().files();
                handle.snapshot().warnings().forEach(warning -> out.println("    " + warning.message()));
                double seconds = (System.nanoTime() - began) / 1e9;
                requireSamePixels(files);
                return seconds;
            }
        } finally {
            nodes.forEach(RenderNodeServer::close);
        }
    }

    private void requireSamePixels(List<Path> files) throws IOException {
        if (files.size() != FRAMES) {
            throw new IOException(files.size() + " of " + FRAMES + " frames are there");
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            Path bare = folder.resolve("bare").resolve(name.substring(name.length() - "0001.png".length()));
            if (!Arrays.equals(pixels(file), pixels(bare))) {
                throw new IOException(name + " has other pixels than the scene baked first");
            }
        }
    }

    private static int[] pixels(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(blender.toString(), "--background", "-noaudio", "--factory-startup"));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("blender.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // As nodes have it: on a machine that does something else as well, a bare Blender would mostly wait for itself.
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        Process process = builder.start();
        int code = process.waitFor();
        String said = Files.readString(log);
        if (code != 0) {
            throw new IOException("Blender ended with an error:\n" + said);
        }
        return said;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        }
    }
}
