/**
 * Watches remote jobs until they end: {@link io.renderfleet.core.track.JobTracker}.
 *
 * <p>Layer 3: depends on {@code model}, {@code spi} and {@code loop}. Works alone, with any transport.
 */
@NullMarked
package io.renderfleet.core.track;

import org.jspecify.annotations.NullMarked;
