/**
 * Tells clients what happens in the farm, as server-sent events that can be taken up again where they broke off.
 *
 * <p>Entry point: {@link io.renderfleet.orchestrator.event.EventEndpoints}. May depend on render-core, render-transport-http's wire
 * records, and render-http-server.
 */
@NullMarked
package io.renderfleet.orchestrator.event;

import org.jspecify.annotations.NullMarked;
