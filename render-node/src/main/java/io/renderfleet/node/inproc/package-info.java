/**
 * A farm in one JVM; entry point {@link io.renderfleet.node.inproc.InProcessTransport}.
 *
 * <p>May depend on render-core and {@code node}.
 */
@NullMarked
package io.renderfleet.node.inproc;

import org.jspecify.annotations.NullMarked;
