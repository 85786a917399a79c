/**
 * One record for each thing that happens: what listeners hear, and what a store keeps.
 *
 * <p>Layer 1: depends on {@link io.renderfleet.core.model} only.
 */
@NullMarked
package io.renderfleet.core.event;

import org.jspecify.annotations.NullMarked;
