package io.renderfleet.engine.blender;

import io.renderfleet.core.model.RenderSettings;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that renders one long frame, to be killed meanwhile: scene, folder for tasks, folder for sessions, Blender. */
final class NodeProcess {
    private NodeProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        BlenderEngine engine = BlenderEngine.builder()
                .blender(Path.of(arguments[3]))
                .sessionRoot(Path.of(arguments[2]))
                .build();
        RenderSettings endless = RenderSettings.builder()
                .width(4_000)
                .height(4_000)
                .samples(4_096)
                .build();
        engine.start(
                new Tasks(Path.of(arguments[1])).of(Path.of(arguments[0]), "1", endless),
                event -> System.out.println(event));
        new CountDownLatch(1).await();
    }
}
