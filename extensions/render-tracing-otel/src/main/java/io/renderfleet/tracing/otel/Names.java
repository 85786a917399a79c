package io.renderfleet.tracing.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.renderfleet.core.model.Failure;
import java.time.Instant;

/** What attributes of spans are called. */
final class Names {
    static final AttributeKey<String> JOB = AttributeKey.stringKey("renderfleet.job");
    static final AttributeKey<String> OWNER = AttributeKey.stringKey("renderfleet.owner");
    static final AttributeKey<String> STATE = AttributeKey.stringKey("renderfleet.state");
    static final AttributeKey<String> BATCH = AttributeKey.stringKey("renderfleet.batch");
    static final AttributeKey<String> ATTEMPT = AttributeKey.stringKey("renderfleet.attempt");
    static final AttributeKey<String> NODE = AttributeKey.stringKey("renderfleet.node");
    static final AttributeKey<String> FRAMES = AttributeKey.stringKey("renderfleet.frames");
    static final AttributeKey<Long> FRAME_COUNT = AttributeKey.longKey("renderfleet.frame_count");
    static final AttributeKey<Long> TRY = AttributeKey.longKey("renderfleet.try");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("renderfleet.outcome");
    static final AttributeKey<String> WHY = AttributeKey.stringKey("renderfleet.link");
    static final AttributeKey<String> RENDERER = AttributeKey.stringKey("renderfleet.renderer");
    static final AttributeKey<Long> PEAK_MEMORY = AttributeKey.longKey("renderfleet.peak_memory_bytes");
    static final AttributeKey<Long> FRAME = AttributeKey.longKey("renderfleet.frame");
    static final AttributeKey<String> FAILURE_KIND = AttributeKey.stringKey("renderfleet.failure.kind");
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("renderfleet.failure.message");

    private Names() {}

    /** A failure is an event of its span, and makes it one that failed. */
    static void fail(Span span, Failure failure, Instant at) {
        span.addEvent("failure", Attributes.of(FAILURE_KIND, failure.kind().name(), FAILURE, failure.message()), at);
        span.setStatus(StatusCode.ERROR, failure.kind().name());
    }
}
