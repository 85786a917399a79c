package io.renderfleet.store.jdbc;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.engine.TestPatternEngine;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Draws the test pattern, and counts in a map of several engines how often each frame is saved. */
final class CountingEngine implements RenderEngine {
    private final TestPatternEngine engine;
    private final Map<Integer, Integer> saved;

    CountingEngine(Duration timePerFrame, Map<Integer, Integer> saved) {
        this.engine = new TestPatternEngine(timePerFrame);
        this.saved = saved;
    }

    @Override
    public EngineInfo info() {
        return engine.info();
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return engine.check(task);
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        return engine.start(task, event -> {
            if (event instanceof EngineEvent.FrameSaved frame) {
                saved.merge(frame.frame(), 1, Integer::sum);
            }
            sink.accept(event);
        });
    }

    @Override
    public void close() {
        engine.close();
    }
}
