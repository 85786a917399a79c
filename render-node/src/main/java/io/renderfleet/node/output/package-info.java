/**
 * What becomes of the frames and the words of one job: published files, frames that can be kept, its log; entry points {@link
 * io.renderfleet.node.output.Publisher} and {@link io.renderfleet.node.output.KeptFrames}.
 */
@NullMarked
package io.renderfleet.node.output;

import org.jspecify.annotations.NullMarked;
