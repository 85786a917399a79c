/**
 * Serves a node over HTTP: a handler for an application's own Jetty, and a standalone program.
 *
 * <p>Entry point: {@link io.renderfleet.node.server.NodeMain}. May depend on render-node, the Blender engine, the wire
 * records of render-transport-http, and Jetty.
 */
@NullMarked
package io.renderfleet.node.server;

import org.jspecify.annotations.NullMarked;
