package io.renderfleet.node.server;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.engine.TestPatternEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Draws test patterns, after it has baked what it says is the scene. */
final class BakingEngine implements RenderEngine {
    static final String ZIP = "a zip, for all that the node knows. ".repeat(10_000);

    private final RenderEngine patterns = new TestPatternEngine();

    @Override
    public EngineInfo info() {
        return patterns.info();
    }

    @Override
    public boolean bakes() {
        return true;
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return patterns.check(task);
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
        return patterns.start(task, sink);
    }

    @Override
    public void close() {
        patterns.close();
    }
}
