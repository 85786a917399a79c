package io.renderfleet.testkit;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Renders with another engine, after it has reported a scene of 25 frames a second whose simulation is not baked, and has handed out a
 * baked scene. For tests of how both reach a coordinator. Thread-safe if the other engine is.
 */
public final class BakingEngine implements RenderEngine {
    /** What the file that it hands out holds. */
    public static final String ZIP = "a zip, for all that the node knows. ".repeat(10_000);

    private final RenderEngine renders;

    /**
     * Makes one.
     *
     * @param renders what renders the frames; closed with this one
     */
    public BakingEngine(RenderEngine renders) {
        this.renders = renders;
    }

    @Override
    public EngineInfo info() {
        return renders.info();
    }

    @Override
    public boolean bakes() {
        return true;
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return renders.check(task);
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        sink.accept(new EngineEvent.SceneLoaded(FrameRate.of(25), new UnbakedSimulation(1, 250, 0.01)));
        try {
            Path zip = Files.writeString(task.workFolder().resolve("baked.zip"), ZIP);
            sink.accept(new EngineEvent.SceneBaked(zip, "shot.blend"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return renders.start(task, sink);
    }

    @Override
    public void close() {
        renders.close();
    }
}
