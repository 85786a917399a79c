/** The program {@code render-worker}: a node that takes its work from a queue. */
@NullMarked
package io.renderfleet.worker;

import org.jspecify.annotations.NullMarked;
