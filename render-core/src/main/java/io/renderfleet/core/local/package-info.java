/**
 * What every engine needs on its own machine, and what is easy to get wrong: it hands out frames ({@link
 * io.renderfleet.core.local.FrameQueue}), ends processes ({@link io.renderfleet.core.local.ProcessTree}), removes folders ({@link
 * io.renderfleet.core.local.FileTree}) and shuts programs in ({@link io.renderfleet.core.local.Sandbox}). For those who write a {@link io.renderfleet.core.spi.RenderEngine}.
 */
@NullMarked
package io.renderfleet.core.local;

import org.jspecify.annotations.NullMarked;
