package io.renderfleet.core.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a running batch has come, as its node reports it.
 *
 * @param finished frames that are rendered and verified on the node
 * @param currentFrame the frame that is being rendered, or null between frames or where the node does not say
 * @param sample the sample that is done of the current frame, 0 where unknown
 * @param samples how many samples the current frame has, 0 where unknown
 * @param secondsPerFrame what a frame has taken so far on average, or null before the first is done
 * @param timeLeft the node's own guess, or null
 * @param warnings what an artist should know, at most {@link RenderWarning#MAX_KEPT}
 * @param scene what the node found out about the scene, or null before the scene is loaded or where the node does not say
 */
public record BatchProgress(
        FrameSet finished,
        @Nullable Integer currentFrame,
        int sample,
        int samples,
        @Nullable Double secondsPerFrame,
        @Nullable Duration timeLeft,
        List<RenderWarning> warnings,
        @Nullable SceneReport scene) {

    /** Nothing known yet. */
    public static final BatchProgress NONE = new BatchProgress(FrameSet.empty(), null, 0, 0, null, null);

    /** Copies the list. */
    public BatchProgress {
        warnings = List.copyOf(warnings);
    }

    /**
     * Makes a progress that says nothing about the scene.
     *
     * @param finished frames that are rendered and verified on the node
     * @param currentFrame the frame that is being rendered, or null
     * @param sample the sample that is done of the current frame, 0 where unknown
     * @param samples how many samples the current frame has, 0 where unknown
     * @param secondsPerFrame what a frame has taken so far on average, or null
     * @param timeLeft the node's own guess, or null
     */
    public BatchProgress(
            FrameSet finished,
            @Nullable Integer currentFrame,
            int sample,
            int samples,
            @Nullable Double secondsPerFrame,
            @Nullable Duration timeLeft) {
        this(finished, currentFrame, sample, samples, secondsPerFrame, timeLeft, List.of(), null);
    }

    /**
     * Returns how much of the current frame is done.
     *
     * @return 0 to 1; 0 where unknown
     */
    public double currentFraction() {
        return currentFrame == null || samples <= 0 ? 0 : Math.min(1, (double) sample / samples);
    }
}
