/**
 * The HTTP layer that the node server and the orchestrator server share: routes, calls, answers, limits and who may call.
 *
 * <p>Entry points: {@link io.renderfleet.http.server.Router} turns endpoints into a Jetty handler, and {@link
 * io.renderfleet.http.server.ListeningServer} listens with it. An endpoint takes a {@link io.renderfleet.http.server.Call} and gives an
 * {@link io.renderfleet.http.server.Answer}, a value, perhaps later: nothing holds a thread while it waits. The layer knows nothing of
 * rendering.
 */
@NullMarked
package io.renderfleet.http.server;

import org.jspecify.annotations.NullMarked;
