/**
 * Measures RenderFleet: JMH benchmarks, and runs of a whole farm beside its peers.
 *
 * <p>May depend on every module.
 */
@NullMarked
package io.renderfleet.benchmarks;

import org.jspecify.annotations.NullMarked;
