package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.spi.EngineEvent;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Where a running job puts its frames, its log, and what happens to it. */
interface Outputs {

    /** For nodes that keep no files: a frame counts when the engine says so, and nothing can be fetched. */
    Outputs NONE = new Outputs() {
        @Override
        public void inOrder(Runnable step) {
            step.run();
        }

        @Override
        public void prepare(NodeJob job, BooleanSupplier wanted, Runnable then) {
            then.run();
        }

        @Override
        public void started(Instant at) {}

        @Override
        public void shortened(FrameSet frames) {}

        @Override
        public void take(NodeJob job, EngineEvent.FrameSaved saved) {
            job.frameFinished(saved.frame(), saved.renderTime());
        }

        @Override
        public void fail(NodeJob job, Failure failure) {
            job.frameFailed(failure);
        }

        @Override
        public void loaded(NodeJob job, EngineEvent.SceneLoaded found) {
            job.sceneLoaded(found);
        }

        /** Nobody could fetch it. */
        @Override
        public void takeBaked(NodeJob job, EngineEvent.SceneBaked baked) {}

        @Override
        public void warned(NodeJob job, RenderWarning warning) {
            job.warned(warning);
        }

        @Override
        public void log(String line) {}

        @Override
        public void began(int frame) {}

        @Override
        public List<String> logTail() {
            return List.of();
        }

        @Override
        public void ended(NodeJobView view) {}
    };

    /** Does a step after all earlier ones; on another thread where steps touch files. */
    void inOrder(Runnable step);

    /**
     * Finds frames that are there already, if the request asks for that, and then goes on.
     *
     * @param job whose frames
     * @param wanted asked before each frame: looking through thousands takes longer than somebody who cancels would wait
     * @param then what comes next
     */
    void prepare(NodeJob job, BooleanSupplier wanted, Runnable then);

    /** The first frame was begun. */
    void started(Instant at);

    /** Frames were given up; these are left. */
    void shortened(FrameSet frames);

    /** Verifies a saved frame and reports the result to the job. */
    void take(NodeJob job, EngineEvent.FrameSaved saved);

    /** Notes a frame that the engine could not render. */
    void fail(NodeJob job, Failure failure);

    /** Notes what the engine has found in the scene. */
    void loaded(NodeJob job, EngineEvent.SceneLoaded found);

    /** Takes the baked scene and reports it to the job. */
    void takeBaked(NodeJob job, EngineEvent.SceneBaked baked);

    /** Notes what an artist should know. */
    void warned(NodeJob job, RenderWarning warning);

    void log(String line);

    /** Marks in the log where a frame begins. */
    void began(int frame);

    List<String> logTail();

    /** The job has ended like this: nothing comes any more. */
    void ended(NodeJobView view);
}
