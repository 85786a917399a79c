/**
 * Engines that need no renderer: a test pattern in pure Java, and any program at all.
 *
 * <p>Entry points: {@link io.renderfleet.node.engine.TestPatternEngine} and {@link io.renderfleet.node.engine.CommandEngine}.
 */
@NullMarked
package io.renderfleet.node.engine;

import org.jspecify.annotations.NullMarked;
