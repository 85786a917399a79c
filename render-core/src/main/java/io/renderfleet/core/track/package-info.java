/**
 * Watches remote jobs until they end: {@link io.renderfleet.core.track.JobTracker}.
 *
 * <p>Works alone, with any transport.
 */
@NullMarked
package io.renderfleet.core.track;

import org.jspecify.annotations.NullMarked;
