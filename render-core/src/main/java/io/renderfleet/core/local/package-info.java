/**
 * What a program that renders does on its own machine, and what must be right wherever it does it: it hands out frames
 * ({@link io.renderfleet.core.local.FrameQueue}), ends processes ({@link io.renderfleet.core.local.ProcessTree}) and removes folders
 * ({@link io.renderfleet.core.local.FileTree}). For those who write a {@link io.renderfleet.core.spi.RenderEngine}.
 *
 * <p>Layer 2: depends on {@link io.renderfleet.core.model} only.
 */
@NullMarked
package io.renderfleet.core.local;

import org.jspecify.annotations.NullMarked;
