/**
 * Runnable programs, one for each thing that RenderFleet can do.
 *
 * <p>Start with {@link io.renderfleet.examples.TenLines}.
 */
@NullMarked
package io.renderfleet.examples;

import org.jspecify.annotations.NullMarked;
