/**
 * The engine's one loop: a steppable object with an inbox and timers, and no thread of its own; time comes from outside.
 *
 * <p>Start with {@link io.renderfleet.core.loop.Loop}; {@link io.renderfleet.core.loop.LoopRunner} gives it a thread, a test steps it by
 * hand.
 */
@NullMarked
package io.renderfleet.core.loop;

import org.jspecify.annotations.NullMarked;
