/** Spans for OpenTelemetry: of the farm's jobs and attempts, and of what nodes render. Begin at {@link io.renderfleet.tracing.otel.OtelTracing}. */
@NullMarked
package io.renderfleet.tracing.otel;

import org.jspecify.annotations.NullMarked;
