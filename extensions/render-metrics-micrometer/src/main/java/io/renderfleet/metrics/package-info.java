/**
 * Measures a farm for Micrometer: its jobs and nodes, what nodes answer, and how long its store takes.
 *
 * <p>Entry points: {@link io.renderfleet.metrics.FarmMeters}, and around what a farm is built of {@link
 * io.renderfleet.metrics.MeasuredTransport} and {@link io.renderfleet.metrics.MeasuredStore}.
 */
@NullMarked
package io.renderfleet.metrics;

import org.jspecify.annotations.NullMarked;
