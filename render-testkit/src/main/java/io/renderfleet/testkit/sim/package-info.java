/**
 * A farm on virtual time: the real engine, with simulated nodes, network, store and clock, without threads.
 *
 * <p>Entry point: {@link io.renderfleet.testkit.sim.SimulatedFarm}. An embedder tries out a splitter or a retry policy with it, or asks how
 * long a shot would take on so many nodes; the project finds its own mistakes with it.
 */
@NullMarked
package io.renderfleet.testkit.sim;

import org.jspecify.annotations.NullMarked;
