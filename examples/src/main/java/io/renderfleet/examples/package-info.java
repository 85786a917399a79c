/**
 * Runnable programs, one for each thing that RenderFleet can do.
 *
 * <p>Start with {@link io.renderfleet.examples.TenLines}. May depend on every module.
 */
@NullMarked
package io.renderfleet.examples;

import org.jspecify.annotations.NullMarked;
