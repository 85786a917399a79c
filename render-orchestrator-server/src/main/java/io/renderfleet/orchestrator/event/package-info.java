/**
 * Reports to clients what happens in the farm, as server-sent events that a client can resume where its connection broke off.
 *
 * <p>Entry point: {@link io.renderfleet.orchestrator.event.EventEndpoints}.
 */
@NullMarked
package io.renderfleet.orchestrator.event;

import org.jspecify.annotations.NullMarked;
