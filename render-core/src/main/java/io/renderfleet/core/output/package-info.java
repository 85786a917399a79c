/**
 * Where the frames of jobs end up on this machine: {@link io.renderfleet.core.output.FolderOutputs}.
 *
 * <p>Layer 3: depends on {@code model} and {@code spi}.
 */
@NullMarked
package io.renderfleet.core.output;

import org.jspecify.annotations.NullMarked;
