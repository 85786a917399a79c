/**
 * Which nodes there are, how they are, and which of them can take a batch now: {@link io.renderfleet.core.engine.node.NodeTable} is the
 * list, {@link io.renderfleet.core.engine.node.NodeSlots} says who is free, {@link io.renderfleet.core.engine.node.NodeHealth} who is
 * well.
 *
 * <p>Not exported. Knows nothing of jobs beyond what they require.
 */
@NullMarked
package io.renderfleet.core.engine.node;

import org.jspecify.annotations.NullMarked;
