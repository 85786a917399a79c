/**
 * Measurements in the format that Prometheus reads.
 *
 * <p>Entry point: {@link io.renderfleet.http.server.metrics.ServerMetrics}, which a server adds to its routes and registers its own meters
 * with.
 */
@NullMarked
package io.renderfleet.http.server.metrics;

import org.jspecify.annotations.NullMarked;
