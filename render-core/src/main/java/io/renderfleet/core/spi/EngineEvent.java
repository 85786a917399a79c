package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.UnbakedSimulation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens during a run. Callers keep a default branch, so that kinds can be added.
 *
 * @see RenderEngine#start
 */
public sealed interface EngineEvent {

    /**
     * A frame was begun. What comes before the first one (start-up, loading) is not render time.
     *
     * @param frame the frame
     */
    record FrameStarted(int frame) implements EngineEvent {}

    /**
     * Part of the running frame is done.
     *
     * @param frame the frame
     * @param sample samples done, 0 or more
     * @param samples how many there are, 0 where unknown
     * @param remaining what the renderer says is left of the frame, or null
     */
    record SamplesDone(
            int frame, int sample, int samples, @Nullable Duration remaining) implements EngineEvent {}

    /**
     * The renderer says how much memory it takes.
     *
     * @param bytes now
     * @param peakBytes at most so far
     */
    record MemoryUsed(long bytes, long peakBytes) implements EngineEvent {}

    /**
     * The renderer says on what it computes.
     *
     * @param device in its own words, such as {@code CUDA, NVIDIA RTX A5000}
     */
    record DeviceUsed(String device) implements EngineEvent {}

    /**
     * A frame was written. The node verifies its files before it believes that.
     *
     * @param frame the frame
     * @param files the files, absolute and below the task's output folder, the main one first
     * @param renderTime how long the frame took
     * @param sources which part of the scene wrote which file, as far as the renderer says
     */
    record FrameSaved(int frame, List<Path> files, Duration renderTime, Map<Path, Source> sources)
            implements EngineEvent {

        /** Copies list and map. */
        public FrameSaved {
            files = List.copyOf(files);
            sources = Map.copyOf(sources);
        }

        /**
         * Makes an event that does not say what wrote the files.
         *
         * @param frame the frame
         * @param files the files, absolute and below the task's output folder, the main one first
         * @param renderTime how long the frame took
         */
        public FrameSaved(int frame, List<Path> files, Duration renderTime) {
            this(frame, files, renderTime, Map.of());
        }

        /**
         * What in a scene wrote a file, in the artist's words, which the file's name need not be able to hold.
         *
         * @param output such as the name of a File Output node
         * @param slot which of its files, or null where that is not known
         */
        public record Source(String output, @Nullable String slot) {}
    }

    /**
     * One frame failed and the run goes on with the next one.
     *
     * @param frame the frame
     * @param failure why
     */
    record FrameFailed(int frame, Failure failure) implements EngineEvent {}

    /**
     * A line for the job's log.
     *
     * @param text without line end
     */
    record LogLine(String text) implements EngineEvent {}

    /**
     * Something an artist should know that does not stop the run. It goes into the log of the job, and the job carries it.
     *
     * @param warning what
     */
    record Warned(RenderWarning warning) implements EngineEvent {}

    /**
     * The scene is loaded, or more is known of it than the last such event said.
     *
     * @param frameRate how many frames its film shows in a second, or null where the renderer does not say
     * @param simulation simulations that are not baked; null where no frame depends on the frames before it
     */
    record SceneLoaded(
            @Nullable FrameRate frameRate, @Nullable UnbakedSimulation simulation) implements EngineEvent {}

    /**
     * The simulations of the scene are baked, as the task's {@link io.renderfleet.core.model.Simulation#BAKE} asks.
     *
     * @param zip the scene with all that it needs, absolute and below the task's work folder; the node moves it away
     * @param entry which file in the zip is the scene
     */
    record SceneBaked(Path zip, String entry) implements EngineEvent {}

    /**
     * The run is over, and no process of it is left.
     *
     * @param failure why it ended early, or null where every frame was tried
     */
    record Ended(@Nullable Failure failure) implements EngineEvent {}
}
