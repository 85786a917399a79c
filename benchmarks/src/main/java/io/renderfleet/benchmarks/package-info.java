/**
 * Measures RenderFleet: JMH benchmarks, and runs of a whole farm beside its peers.
 */
@NullMarked
package io.renderfleet.benchmarks;

import org.jspecify.annotations.NullMarked;
