/**
 * Measures a farm: its jobs and nodes, what nodes answer, and how long its store takes.
 *
 * <p>Entry point: {@link io.renderfleet.orchestrator.metrics.FarmMeters}.
 */
@NullMarked
package io.renderfleet.orchestrator.metrics;

import org.jspecify.annotations.NullMarked;
