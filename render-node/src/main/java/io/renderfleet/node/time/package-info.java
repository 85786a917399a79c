/**
 * How time comes to a node, so that tests can bring their own; entry point {@link io.renderfleet.node.time.NodeTime}.
 */
@NullMarked
package io.renderfleet.node.time;

import org.jspecify.annotations.NullMarked;
