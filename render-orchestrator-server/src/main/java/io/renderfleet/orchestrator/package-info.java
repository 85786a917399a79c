/**
 * Serves a whole farm over HTTP: takes requests for frames and has nodes render them.
 *
 * <p>Entry points: {@link io.renderfleet.orchestrator.OrchestratorServer}, to start one in an application, and {@link
 * io.renderfleet.orchestrator.OrchestratorMain} for the command line. May depend on render-core, render-transport-http, and Jetty.
 */
@NullMarked
package io.renderfleet.orchestrator;

import org.jspecify.annotations.NullMarked;
