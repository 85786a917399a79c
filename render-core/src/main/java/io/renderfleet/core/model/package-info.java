/**
 * The immutable values that everything else speaks of: frames, scenes, requests, jobs, batches, attempts, nodes and failures.
 *
 * <p>Start with {@link io.renderfleet.core.model.FrameSet} and {@link io.renderfleet.core.model.RenderRequest}.
 */
@NullMarked
package io.renderfleet.core.model;

import org.jspecify.annotations.NullMarked;
