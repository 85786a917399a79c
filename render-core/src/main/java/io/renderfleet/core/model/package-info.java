/**
 * The immutable values that everything else speaks of: frames, scenes, requests, jobs, batches, attempts, nodes and failures.
 *
 * <p>Layer 0: depends on the JDK alone. Start with {@link io.renderfleet.core.model.FrameSet} and {@link
 * io.renderfleet.core.model.RenderRequest}.
 */
@NullMarked
package io.renderfleet.core.model;

import org.jspecify.annotations.NullMarked;
