package io.renderfleet.node.server;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.util.Optional;

/** Ends each run at once without having rendered anything: for tests that are about requests alone. */
final class IdleEngine implements RenderEngine {
    @Override
    public EngineInfo info() {
        return new EngineInfo("idle", "1");
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return Optional.empty();
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        sink.accept(new EngineEvent.Ended(Failure.of(FailureKind.PROGRAM_FAILED, "Nothing is rendered here.")));
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
