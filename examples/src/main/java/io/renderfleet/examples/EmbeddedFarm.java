package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.orchestrator.OrchestratorServerBuilder;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A whole farm in one JVM: three node servers and an orchestrator on free ports render twenty frames over HTTP, which end
 * as pictures, a contact sheet and a film.
 *
 * <p>With Blender on the PATH the nodes render the scene that comes with the examples, else a test pattern.
 */
public final class EmbeddedFarm {
    private static final String SCENE = "orbit.blend";

    private EmbeddedFarm() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out").toAbsolutePath().normalize();
        render(out, Programs.find("blender").isPresent(), "{}");
    }

    static List<Path> render(Path out, boolean withBlender, String settings) throws Exception {
        System.out.println(
                withBlender
                        ? "Blender renders " + SCENE + " on three nodes."
                        : "Blender is not on the PATH: three nodes render a test pattern instead.");
        try (RenderNodeServer first = node(out.resolve("nodes/1"), withBlender);
                RenderNodeServer second = node(out.resolve("nodes/2"), withBlender);
                RenderNodeServer third = node(out.resolve("nodes/3"), withBlender);
                OrchestratorServer orchestrator = orchestrator(out, withBlender, first, second, third)) {
            long begin = System.nanoTime();
            FarmClient client = new FarmClient(orchestrator.uri());
            JobId id = client.render("""
                    {"from": 1, "to": 20, "name": "orbit", "output": "orbit_####", "batchSize": 4, "settings": %s}""".formatted(settings));
            watch(orchestrator.farm(), id);
            client.awaitEnd(id);
            List<Path> frames = client.download(id, out.resolve("frames"));
            System.out.printf("%d frames in %.1f s%n", frames.size(), (System.nanoTime() - begin) / 1e9);
            present(frames, out);
            return frames;
        }
    }

    private static RenderNodeServer node(Path folder, boolean withBlender) throws IOException {
        RenderNode node = RenderNode.builder()
                .engine(withBlender ? blender() : new TestPatternEngine(Duration.ofMillis(400)))
                .outputRoot(folder)
                .build();
        return RenderNodeServer.builder(node).port(0).start();
    }

    private static RenderEngine blender() {
        BlenderEngine engine = BlenderEngine.builder().build();
        Optional<Failure> problem = engine.problem();
        if (problem.isPresent()) {
            throw new IllegalStateException(problem.get().message());
        }
        return engine;
    }

    private static OrchestratorServer orchestrator(Path out, boolean withBlender, RenderNodeServer... nodes)
            throws IOException {
        OrchestratorServerBuilder builder = OrchestratorServer.builder()
                .port(0)
                .renderer(withBlender ? "blender" : "test-pattern")
                .transport(HttpTransport.create())
                .outputRoot(out.resolve("orchestrator"));
        for (RenderNodeServer node : nodes) {
            builder.nodes(node.uri().toString());
        }
        if (withBlender) {
            builder.defaultScene(scene(out)); // only the orchestrator has it: nodes are sent what they lack
        }
        return builder.start();
    }

    private static Path scene(Path out) throws IOException {
        Path file = Files.createDirectories(out).resolve(SCENE);
        try (InputStream scene = EmbeddedFarm.class.getResourceAsStream(SCENE)) {
            Files.copy(scene, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    private static void watch(RenderExecutor farm, JobId id) {
        FarmDisplay display = FarmDisplay.ofStandardOutput();
        RenderHandle job = farm.job(id).orElseThrow();
        job.onProgress(progress -> display.show(job.snapshot(), farm.nodes().list()));
    }

    private static void present(List<Path> frames, Path out) throws IOException, InterruptedException {
        System.out.println("  frames         " + out.resolve("frames"));
        System.out.println("  contact sheet  " + ContactSheet.of(frames, out.resolve("contact-sheet.png")));
        Optional<Path> film = Film.of(frames, out.resolve("film.mp4"));
        System.out.println("  film           " + film.map(Path::toString).orElse("none, for want of ffmpeg"));
    }
}
