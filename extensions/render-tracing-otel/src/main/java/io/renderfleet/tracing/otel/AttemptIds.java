package io.renderfleet.tracing.otel;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.sdk.trace.IdGenerator;

/**
 * Gives the span of an attempt the id under which its node already knows it, and every other span a random one. An OpenTelemetry that is not
 * set up by the SDK's autoconfiguration, which finds this class, is to be made with it: {@code SdkTracerProvider.builder().setIdGenerator(new
 * AttemptIds())}. Thread-safe.
 */
public final class AttemptIds implements IdGenerator {
    private static final ContextKey<SpanContext> FORESEEN = ContextKey.named("renderfleet-foreseen-span");

    private final IdGenerator random = IdGenerator.random();

    /** Makes a source of ids. */
    public AttemptIds() {}

    /** The context in which the next span is to have the ids that somebody already told. */
    static Context foreseeing(Context context, SpanContext ids) {
        return context.with(FORESEEN, ids);
    }

    @Override
    public String generateSpanId() {
        SpanContext foreseen = Context.current().get(FORESEEN);
        return foreseen == null ? random.generateSpanId() : foreseen.getSpanId();
    }

    @Override
    public String generateTraceId() {
        SpanContext foreseen = Context.current().get(FORESEEN);
        return foreseen == null ? random.generateTraceId() : foreseen.getTraceId();
    }
}
