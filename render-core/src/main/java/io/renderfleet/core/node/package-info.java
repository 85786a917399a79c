/**
 * Which nodes there are, how they are, and which of them can take a batch now.
 *
 * <p>Layer 3: depends on {@code model}, {@code event}, {@code spi} and {@code loop}. An application uses {@link
 * io.renderfleet.core.node.NodeRegistry}; the engine works on the {@link io.renderfleet.core.node.NodeTable} behind it.
 */
@NullMarked
package io.renderfleet.core.node;

import org.jspecify.annotations.NullMarked;
