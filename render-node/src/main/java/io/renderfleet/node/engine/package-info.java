/**
 * Engines that need no renderer: a test pattern in pure Java, and any program at all.
 *
 * <p>May depend on render-core alone.
 */
@NullMarked
package io.renderfleet.node.engine;

import org.jspecify.annotations.NullMarked;
