/**
 * The logs of batches that have ended, kept by the orchestrator itself: {@link io.renderfleet.orchestrator.joblog.LogShelf} has them on its
 * disk, {@link io.renderfleet.orchestrator.joblog.LogKeeper} brings them there, and {@link io.renderfleet.orchestrator.joblog.FrameLines} finds
 * the lines of one frame.
 *
 * <p>Knows the engine's events and outcomes, and no HTTP.
 */
@NullMarked
package io.renderfleet.orchestrator.joblog;

import org.jspecify.annotations.NullMarked;
