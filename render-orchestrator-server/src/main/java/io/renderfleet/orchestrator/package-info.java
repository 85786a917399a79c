/**
 * Serves a whole farm over HTTP: it takes requests for frames, and nodes render them.
 *
 * <p>Entry points: {@link io.renderfleet.orchestrator.OrchestratorServer}, to start one in an application, and {@link
 * io.renderfleet.orchestrator.OrchestratorMain} for the command line.
 */
@NullMarked
package io.renderfleet.orchestrator;

import org.jspecify.annotations.NullMarked;
