package io.renderfleet.engine.blender;

import io.renderfleet.core.model.Allowance;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes tasks with folders of their own. */
record Tasks(Path root, ScenePolicy policy) {

    Tasks(Path root) {
        this(root, ScenePolicy.DEFAULT);
    }

    /** The same, for requests that allow something by name. */
    Tasks allowing(Allowance allowance) {
        return new Tasks(root, new ScenePolicy(policy.simulation(), policy.missing(), Set.of(allowance)));
    }

    RenderTask of(@Nullable Path scene, String frames) {
        return of(scene, frames, RenderSettings.SCENE_DEFAULTS);
    }

    RenderTask of(@Nullable Path scene, String frames, RenderSettings settings) {
        return of(scene, frames, settings, "shot_####");
    }

    RenderTask of(@Nullable Path scene, String frames, RenderSettings settings, String pattern) {
        return of(scene, frames, settings, pattern, policy);
    }

    RenderTask of(@Nullable Path scene, String frames, RenderSettings settings, String pattern, ScenePolicy policy) {
        try {
            Path folder = Files.createTempDirectory(root, "task-");
            return new RenderTask(
                    folder.getFileName().toString(),
                    scene,
                    FrameSet.parse(frames),
                    settings,
                    policy,
                    new OutputPattern(pattern),
                    Files.createDirectory(folder.resolve("out")),
                    Files.createDirectory(folder.resolve("work")),
                    null,
                    null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
