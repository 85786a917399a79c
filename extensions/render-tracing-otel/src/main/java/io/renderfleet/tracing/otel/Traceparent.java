package io.renderfleet.tracing.otel;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;

/** The header of W3C Trace Context, version 00: {@code 00-TRACE-PARENT-FLAGS}. */
final class Traceparent {
    /** The parent id that an orchestrator gives where a trace begins with it. */
    private static final String BEGINNING = "0000000000000001";

    private static final int PARTS = 4;

    private Traceparent() {}

    static String of(SpanContext span) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
    }

    /** The span that a header names; invalid if it is no such header. */
    static SpanContext read(String header) {
        String[] parts = header.split("-", -1);
        return parts.length < PARTS
                ? SpanContext.getInvalid()
                : SpanContext.createFromRemoteParent(
                        parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault());
    }

    /** Whether no span stands behind the id. */
    static boolean isBeginning(SpanContext span) {
        return span.getSpanId().equals(BEGINNING);
    }
}
