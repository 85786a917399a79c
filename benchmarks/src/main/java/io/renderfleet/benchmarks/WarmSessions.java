package io.renderfleet.benchmarks;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxMode;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.engine.blender.SessionMode;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Frames a second of Blender by process, by warm session, and bare.
 *
 * <p>Two scenes that {@code benchmarks/scenes/make_scenes.py} makes, batches of 1, 5 and 20 frames; every run includes the first start
 * and the first load of the scene. The limit is a bare Blender that renders all frames in one run, with and without persistent data.
 * Beside the seconds stand those that Blender's processes spent on processors: on a machine that others use as well, those tell more.
 * Arguments: how many frames (20); with {@code sandbox} behind it, what the sandbox costs is measured instead, on the light scene.
 */
public final class WarmSessions {
    private static final List<Integer> BATCH_SIZES = List.of(1, 5, 20);
    private static final int BATCH = 5;
    private static final int ROUNDS = 7;
    /** As sysconf(_SC_CLK_TCK) has it on Linux. */
    private static final double TICKS_A_SECOND = 100;

    private static final String KEEP_GEOMETRY = "import bpy; bpy.context.scene.render.use_persistent_data = ";

    private final PrintStream out;
    private final Path blender;
    private final Path folder;
    private final int frames;

    private WarmSessions(PrintStream out, Path blender, Path folder, int frames) {
        this.out = out;
        this.blender = blender;
        this.folder = folder;
        this.frames = frames;
    }

    /**
     * Runs everything and prints one table.
     *
     * @param arguments how many frames each run renders, by default 20; {@code sandbox} to measure its cost
     * @throws IOException if files can't be written
     * @throws InterruptedException if the program is interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path blender = ExternalTool.BLENDER.find().orElse(null);
        if (blender == null) {
            System.err.println("Blender is not installed: nothing to measure.");
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory("renderfleet-benchmark-");
        int frames = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        WarmSessions benchmark = new WarmSessions(System.out, blender, folder, frames);
        try {
            benchmark.makeScenes();
            if (arguments.length > 1 && arguments[1].equals("sandbox")) {
                benchmark.measureSandbox();
            } else {
                benchmark.measure("light");
                benchmark.measure("heavy");
            }
        } finally {
            delete(folder);
        }
    }

    private void makeScenes() throws IOException, InterruptedException {
        Path script = Stream.of("scenes/make_scenes.py", "benchmarks/scenes/make_scenes.py")
                // Blender goes by the PWD that it inherits, not by the folder that it runs in.
                .map(path -> Path.of(path).toAbsolutePath())
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new IOException("run this in the project's folder or in benchmarks"));
        run(List.of(
                "--factory-startup",
                "--python-exit-code",
                "3",
                "--python",
                script.toString(),
                "--",
                folder.toString()));
    }

    /**
     * What a run took.
     *
     * @param seconds by the clock
     * @param processor seconds on processors, of all processes that were started
     */
    private record Cost(double seconds, double processor) {}

    private void measure(String scene) throws IOException, InterruptedException {
        out.printf("%n%s, %d frames             frames/s     seconds   processor seconds%n", scene, frames);
        print("bare, one run", bare(scene, false));
        Cost best = bare(scene, true);
        print("bare, one run, persistent data", best);
        for (int size : BATCH_SIZES) {
            Cost process = engine(scene, SessionMode.PROCESS, size);
            print("process, batches of " + size, process);
            Cost warm = engine(scene, SessionMode.WARM, size);
            print("warm, batches of " + size, warm);
            out.printf(
                    Locale.ROOT,
                    "    warm is %.1f times as fast, and takes %.2f of the best bare run; on processors %.1f and"
                            + " %.2f%n",
                    process.seconds() / warm.seconds(),
                    warm.seconds() / best.seconds(),
                    process.processor() / warm.processor(),
                    warm.processor() / best.processor());
        }
    }

    /** In turns, so that what else the machine does hits both. */
    private void measureSandbox() throws IOException {
        Sandbox on = Sandbox.of(SandboxMode.REQUIRED);
        Sandbox off = Sandbox.of(SandboxMode.OFF);
        out.printf("%nlight, %d frames, median of %d rounds     seconds: off, bubblewrap%n", frames, ROUNDS);
        for (SessionMode mode : SessionMode.values()) {
            List<Double> without = new ArrayList<>();
            List<Double> within = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                without.add(engine("light", mode, BATCH, off).seconds());
                within.add(engine("light", mode, BATCH, on).seconds());
            }
            out.printf(
                    Locale.ROOT,
                    "  %-34s %8.2f  %8.2f  %+.1f %%%n",
                    mode + ", batches of " + BATCH,
                    median(without),
                    median(within),
                    100 * (median(within) / median(without) - 1));
        }
    }

    private static double median(List<Double> seconds) {
        return seconds.stream().sorted().toList().get(seconds.size() / 2);
    }

    private void print(String what, Cost cost) {
        out.printf(
                Locale.ROOT,
                "  %-34s %8.2f  %10.1f  %10.1f%n",
                what,
                frames / cost.seconds(),
                cost.seconds(),
                cost.processor());
    }

    private Cost bare(String scene, boolean persistentData) throws IOException, InterruptedException {
        Path output = Files.createTempDirectory(folder, "bare-");
        double processor = processorSeconds();
        long began = System.nanoTime();
        run(List.of(
                "--factory-startup",
                folder.resolve(scene + ".blend").toString(),
                "--python-expr",
                KEEP_GEOMETRY + (persistentData ? "True" : "False"),
                "--render-output",
                output.resolve("####").toString(),
                "--frame-start",
                "1",
                "--frame-end",
                Integer.toString(frames),
                "--render-anim"));
        double seconds = (System.nanoTime() - began) / 1e9;
        requireFrames(output);
        return new Cost(seconds, processorSeconds() - processor);
    }

    private Cost engine(String scene, SessionMode mode, int batchSize) throws IOException {
        return engine(scene, mode, batchSize, Sandbox.of(SandboxMode.OFF));
    }

    private Cost engine(String scene, SessionMode mode, int batchSize, Sandbox sandbox) throws IOException {
        Path output = Files.createTempDirectory(folder, "engine-");
        double seconds;
        double processor;
        // Building asks Blender once what it can do, as a node does at its start: no part of rendering.
        try (BlenderEngine engine = BlenderEngine.builder()
                .blender(blender)
                .sessionMode(mode)
                .sandbox(sandbox)
                .build()) {
            processor = processorSeconds();
            long began = System.nanoTime();
            for (FrameSet left = FrameSet.range(1, frames); !left.isEmpty(); left = left.skip(batchSize)) {
                render(engine, folder.resolve(scene + ".blend"), left.take(batchSize), output);
            }
            seconds = (System.nanoTime() - began) / 1e9;
        }
        requireFrames(output);
        return new Cost(seconds, processorSeconds() - processor);
    }

    /** What all processes that this one has started and seen the end of have spent so far (proc(5), cutime and cstime). */
    private static double processorSeconds() throws IOException {
        Path status = Path.of("/proc/self/stat");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        ProcessHandle.current().children().forEach(child -> child.onExit().join());
        String text = Files.readString(status);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_A_SECOND;
    }

    private void render(BlenderEngine engine, Path scene, FrameSet batch, Path output) throws IOException {
        CompletableFuture<EngineEvent.Ended> ended = new CompletableFuture<>();
        RenderTask task = new RenderTask(
                "benchmark/" + batch,
                scene,
                batch,
                RenderSettings.SCENE_DEFAULTS,
                ScenePolicy.DEFAULT,
                new OutputPattern("####"),
                output,
                Files.createTempDirectory(folder, "work-"),
                null,
                null);
        engine.start(task, event -> {
            if (event instanceof EngineEvent.Ended end) {
                ended.complete(end);
            }
        });
        Failure failure = ended.join().failure();
        if (failure != null) {
            throw new IOException(failure.toString());
        }
    }

    private void requireFrames(Path output) throws IOException {
        try (Stream<Path> files = Files.list(output)) {
            long count = files.count();
            if (count != frames) {
                throw new IOException(count + " of " + frames + " frames were rendered");
            }
        }
    }

    private void run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(blender.toString(), "--background", "-noaudio"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("blender.log").toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("Blender ended with an error:\n" + Files.readString(folder.resolve("blender.log")));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        }
    }
}
