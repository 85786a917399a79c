package io.renderfleet.tracing.otel;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.core.spi.Tracing;
import java.util.Optional;

/** An engine whose runs are spans, where their tasks are parts of a trace. */
final class TracedEngine implements RenderEngine {
    private final RenderEngine engine;
    private final Tracer tracer;
    private final Tracing tracing;

    TracedEngine(RenderEngine engine, Tracer tracer, Tracing tracing) {
        this.engine = engine;
        this.tracer = tracer;
        this.tracing = tracing;
    }

    @Override
    public EngineInfo info() {
        return engine.info();
    }

    @Override
    public boolean bakes() {
        return engine.bakes();
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return engine.check(task);
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        SpanContext attempt =
                task.traceparent() == null ? SpanContext.getInvalid() : Traceparent.read(task.traceparent());
        return engine.start(task, attempt.isValid() ? new RunSpans(tracer, attempt, task, info(), sink) : sink);
    }

    @Override
    public void close() {
        engine.close();
        tracing.close();
    }
}
