/**
 * Runnable programs, one for each thing that RenderFleet can do.
 *
 * <p>May depend on every module.
 */
@NullMarked
package io.renderfleet.examples;

import org.jspecify.annotations.NullMarked;
