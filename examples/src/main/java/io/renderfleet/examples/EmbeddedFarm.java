package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A whole farm in one JVM: three nodes render twenty frames, which end as pictures, a contact sheet and a film.
 *
 * <p>With Blender on the PATH the nodes render the scene that comes with the examples, else a test pattern.
 */
public final class EmbeddedFarm {
    private static final String SCENE = "orbit.blend";

    private EmbeddedFarm() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out").toAbsolutePath().normalize();
        render(out, Programs.find("blender").isPresent(), RenderSettings.SCENE_DEFAULTS);
    }

    static RenderResult render(Path out, boolean withBlender, RenderSettings settings) throws Exception {
        InProcessTransport transport = new InProcessTransport();
        try (RenderNode first = node(out.resolve("nodes/1"), withBlender);
                RenderNode second = node(out.resolve("nodes/2"), withBlender);
                RenderNode third = node(out.resolve("nodes/3"), withBlender);
                RenderExecutor farm = RenderExecutor.builder()
                        .transport(transport.add("1", first).add("2", second).add("3", third))
                        .nodes("inproc:1", "inproc:2", "inproc:3")
                        .build()) {
            System.out.println(
                    withBlender
                            ? "Blender renders " + SCENE + " on three nodes."
                            : "Blender is not on the PATH: three nodes render a test pattern instead.");
            RenderRequest request = RenderRequest.of(withBlender ? scene(out) : Scene.nodeDefault(), "1-20")
                    .name("orbit")
                    .output("orbit_####")
                    .outputs(out.resolve("frames"))
                    .batchSize(4)
                    .settings(settings);

            FarmDisplay display = FarmDisplay.ofStandardOutput();
            RenderHandle job = farm.submit(request);
            job.onProgress(progress -> display.show(job.snapshot(), farm.nodes().list()));
            RenderResult result = job.completion().get().orThrow();
            display.show(job.snapshot(), farm.nodes().list());
            present(result, out);
            return result;
        }
    }

    private static RenderNode node(Path folder, boolean withBlender) throws IOException {
        return RenderNode.builder()
                .engine(withBlender ? blender() : new TestPatternEngine(Duration.ofMillis(400)))
                .outputRoot(folder)
                .build();
    }

    private static RenderEngine blender() {
        BlenderEngine engine = BlenderEngine.builder().build();
        Optional<Failure> problem = engine.problem();
        if (problem.isPresent()) {
            throw new IllegalStateException(problem.get().message());
        }
        return engine;
    }

    /** The scene lies on the disk of whoever asks; the nodes are sent it. */
    private static Scene scene(Path out) throws IOException {
        Path file = Files.createDirectories(out).resolve(SCENE);
        try (InputStream scene = EmbeddedFarm.class.getResourceAsStream(SCENE)) {
            Files.copy(scene, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return Scene.local(file);
    }

    private static void present(RenderResult result, Path out) throws IOException, InterruptedException {
        List<Path> frames = result.files();
        System.out.printf("%d frames in %.1f s%n", frames.size(), result.took().toMillis() / 1e3);
        System.out.println("  frames         " + result.folder());
        System.out.println("  contact sheet  " + ContactSheet.of(frames, out.resolve("contact-sheet.png")));
        Optional<Path> film = Film.of(frames, out.resolve("film.mp4"));
        System.out.println("  film           " + film.map(Path::toString).orElse("none, for want of ffmpeg"));
    }
}
