/**
 * Serves a whole farm over HTTP: takes requests for frames and has nodes render them.
 *
 * <p>Entry point: {@link io.renderfleet.orchestrator.OrchestratorMain}. May depend on render-core,
 * render-transport-http, and Jetty.
 */
@NullMarked
package io.renderfleet.orchestrator;

import org.jspecify.annotations.NullMarked;
