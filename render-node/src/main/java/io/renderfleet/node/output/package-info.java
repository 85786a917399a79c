/**
 * What becomes of the frames and the words of one job: published files, frames that can be kept, its log; entry points
 * {@link io.renderfleet.node.output.Publisher} and {@link io.renderfleet.node.output.KeptFrames}.
 *
 * <p>May depend on render-core, {@code node.journal}, {@code node.scene}, {@code node.verify} and {@code node.files}.
 */
@NullMarked
package io.renderfleet.node.output;

import org.jspecify.annotations.NullMarked;
