package io.renderfleet.node.engine;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes tasks with folders that exist. */
record Tasks(Path root) {

    RenderTask of(String frames) {
        return of(frames, RenderSettings.SCENE_DEFAULTS, null);
    }

    RenderTask of(String frames, RenderSettings settings, @Nullable Path scene) {
        try {
            return new RenderTask(
                    "test/1",
                    scene,
                    FrameSet.parse(frames),
                    settings,
                    ScenePolicy.DEFAULT,
                    new OutputPattern("out/shot_####"),
                    Files.createDirectories(root.resolve("attempt")),
                    Files.createDirectories(root.resolve("work")),
                    null,
                    null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
