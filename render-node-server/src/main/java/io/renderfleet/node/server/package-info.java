/**
 * Serves a node over HTTP: a server to start in an application or as a program, and a handler for an application's own Jetty.
 *
 * <p>Entry points: {@link io.renderfleet.node.server.RenderNodeServer}, and {@link io.renderfleet.node.server.NodeMain} for the command
 * line. Each {@code …Endpoints} class translates between calls and the node; whatever decides something is in the node itself.
 */
@NullMarked
package io.renderfleet.node.server;

import org.jspecify.annotations.NullMarked;
