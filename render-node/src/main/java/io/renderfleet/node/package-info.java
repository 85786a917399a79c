/**
 * What a node does, without a network: admission and slots, the job table, attempts, and verified outputs.
 *
 * <p>Entry point: {@link io.renderfleet.node.RenderNode}.
 */
@NullMarked
package io.renderfleet.node;

import org.jspecify.annotations.NullMarked;
