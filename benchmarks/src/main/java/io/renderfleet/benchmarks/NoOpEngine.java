package io.renderfleet.benchmarks;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Renders nothing, at once. */
final class NoOpEngine implements RenderEngine {
    @Override
    public EngineInfo info() {
        return new EngineInfo("no-op", "0");
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return Optional.empty();
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        for (int frame : task.frames()) {
            sink.accept(new EngineEvent.FrameStarted(frame));
            sink.accept(new EngineEvent.FrameSaved(frame, List.of(), Duration.ZERO));
        }
        sink.accept(new EngineEvent.Ended(null));
        return new RenderRun() {
            @Override
            public void stop(Failure reason) {}

            @Override
            public FrameSet shorten(FrameSet keep) {
                return keep;
            }
        };
    }

    @Override
    public void close() {}
}
