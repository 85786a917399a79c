/**
 * What an application holds: it builds a {@link io.renderfleet.core.RenderExecutor}, submits a {@link
 * io.renderfleet.core.model.RenderRequest}, gets a {@link io.renderfleet.core.RenderHandle}, and from that a {@link
 * io.renderfleet.core.model.RenderResult}. What it can replace is in {@link io.renderfleet.core.spi}, what it can tune in {@link
 * io.renderfleet.core.policy}.
 *
 * <p>The work is done in {@code io.renderfleet.core.engine}, which these classes enter through its {@code Engine} alone; its {@code
 * package-info} says in which order to read it. {@code docs/layers.md} shows how the packages build on each other.
 */
@NullMarked
package io.renderfleet.core;

import org.jspecify.annotations.NullMarked;
