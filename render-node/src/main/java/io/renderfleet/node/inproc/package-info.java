/**
 * A farm in one JVM; entry point {@link io.renderfleet.node.inproc.InProcessTransport}.
 */
@NullMarked
package io.renderfleet.node.inproc;

import org.jspecify.annotations.NullMarked;
