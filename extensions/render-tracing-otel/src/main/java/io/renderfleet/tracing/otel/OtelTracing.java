package io.renderfleet.tracing.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.spi.Tracing;
import java.util.concurrent.TimeUnit;

/**
 * Spans for OpenTelemetry. A farm has a span {@code render job} for each job, below the span that its {@code traceparent} names, {@code
 * queue} until its first frames are handed out, and an {@code attempt} for each try at a batch with {@code dispatch} in it. An attempt that
 * renders frames again is linked to those before it, and one that renders beside another to that one; accepted frames and failures are its
 * events. A node has a span {@code render} below the attempt, and below it one {@code frame} for each of the first 1,000 frames.
 *
 * <p>A farm's spans are made from its transitions, once these are durable. A coordinator that dies takes the spans with it that have not
 * ended, and the one after it follows jobs that are submitted to it. Jobs without a {@code traceparent} have a trace of the farm's own, which
 * nodes cannot join: {@link #inCurrentTrace} gives them one. Thread-safe.
 *
 * <pre>{@code
 * RenderExecutor.builder().listener(OtelTracing.of(openTelemetry).farm())
 * }</pre>
 */
public final class OtelTracing implements Tracing {
    private static final String SCOPE = "io.renderfleet";
    private static final int PATIENCE_SECONDS = 10;

    private final Tracer tracer;
    private final Runnable end;

    private OtelTracing(OpenTelemetry telemetry, Runnable end) {
        this.tracer = telemetry.getTracer(SCOPE);
        this.end = end;
    }

    /**
     * Traces with the application's own OpenTelemetry, which stays its own to close.
     *
     * @param telemetry made with {@link AttemptIds}; with other ids, what nodes render hangs below spans that nobody sent
     * @return the tracing
     */
    public static OtelTracing of(OpenTelemetry telemetry) {
        return new OtelTracing(telemetry, () -> {});
    }

    /** Closing it closes the SDK. */
    static OtelTracing owning(OpenTelemetrySdk sdk) {
        return new OtelTracing(sdk, () -> sdk.shutdown().join(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /**
     * Makes a request a part of the trace that is current where this is called.
     *
     * @param request a request
     * @return the request with a {@code traceparent}, or as it was where no span is current
     */
    public static RenderRequest inCurrentTrace(RenderRequest request) {
        SpanContext current = Span.current().getSpanContext();
        return current.isValid() ? request.traceparent(Traceparent.of(current)) : request;
    }

    @Override
    public RenderListener farm() {
        return new FarmSpans(tracer);
    }

    @Override
    public RenderEngine node(RenderEngine engine) {
        return new TracedEngine(engine, tracer, this);
    }

    @Override
    public void close() {
        end.run();
    }
}
