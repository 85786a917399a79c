package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.EngineEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the frames and the log of one job go. */
interface Outputs extends AutoCloseable {

    /** For nodes that keep no files: a frame counts when the engine says so, and nothing can be fetched. */
    Outputs NONE = new Outputs() {
        @Override
        public void inOrder(Runnable step) {
            step.run();
        }

        @Override
        public void take(NodeJob job, EngineEvent.FrameSaved saved) {
            job.frameFinished(saved.frame(), null, saved.renderTime());
        }

        @Override
        public void fail(NodeJob job, Failure failure) {
            job.frameFailed(failure);
        }

        @Override
        public void log(String line) {}

        @Override
        public List<String> logTail() {
            return List.of();
        }

        @Override
        public Optional<Path> logFile() {
            return Optional.empty();
        }

        @Override
        public Optional<Path> find(String name) {
            return Optional.empty();
        }

        @Override
        public void close() {}
    };

    /** Does a step after all earlier ones; on another thread where steps touch files. */
    void inOrder(Runnable step);

    /** Verifies a saved frame and tells the job what came out. */
    void take(NodeJob job, EngineEvent.FrameSaved saved);

    /** Notes a frame that the engine could not render. */
    void fail(NodeJob job, Failure failure);

    void log(String line);

    List<String> logTail();

    Optional<Path> logFile();

    /** Finds a file of a finished frame by its name. */
    Optional<Path> find(String name);

    /** No frame comes any more: removes what was temporary. */
    @Override
    void close();
}
