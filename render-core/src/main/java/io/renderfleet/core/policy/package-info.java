/**
 * What a farm does when nodes are slow, busy, silent or fail: {@link io.renderfleet.core.policy.RetryPolicy what is tried again and when},
 * {@link io.renderfleet.core.policy.PollPolicy how often nodes are asked}, {@link io.renderfleet.core.policy.HealthPolicy when a node
 * gets no work}, and {@link io.renderfleet.core.policy.BalancePolicy how the last frames move to idle nodes}.
 *
 * <p>An application sets them on the builder, and the engine obeys them. They are immutable values.
 */
@NullMarked
package io.renderfleet.core.policy;

import org.jspecify.annotations.NullMarked;
