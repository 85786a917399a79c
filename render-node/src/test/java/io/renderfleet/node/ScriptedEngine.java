package io.renderfleet.node;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An engine that does what a test says, when it says so. */
final class ScriptedEngine implements RenderEngine {
    final List<Run> runs = new CopyOnWriteArrayList<>();
    volatile @Nullable Failure refusal;
    volatile boolean endsOnStop = true;
    volatile boolean closed;

    @Override
    public EngineInfo info() {
        return new EngineInfo("scripted", "1.0");
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return Optional.ofNullable(refusal);
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        Run run = new Run(task, sink);
        runs.add(run);
        return run;
    }

    Run last() {
        return runs.get(runs.size() - 1);
    }

    @Override
    public void close() {
        closed = true;
    }

    /** One run, which a test drives. */
    final class Run implements RenderRun {
        final RenderTask task;
        private final EngineSink sink;
        private FrameSet begun = FrameSet.empty();
        volatile @Nullable Failure stopped;

        Run(RenderTask task, EngineSink sink) {
            this.task = task;
            this.sink = sink;
        }

        void tell(EngineEvent event) {
            sink.accept(event);
        }

        void begin(int frame) {
            begun = begun.union(FrameSet.of(frame));
            tell(new EngineEvent.FrameStarted(frame));
        }

        /** Begins a frame, writes a file for it, and says that it took a while. */
        Path render(int frame, Duration renderTime) {
            begin(frame);
            return save(frame, renderTime, "frame " + frame);
        }

        Path save(int frame, Duration renderTime, String content) {
            Path file = task.outputFolder().resolve(task.output().path(frame) + ".txt");
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            tell(new EngineEvent.FrameSaved(frame, List.of(file), renderTime));
            return file;
        }

        void end() {
            tell(new EngineEvent.Ended(null));
        }

        @Override
        public void stop(Failure reason) {
            stopped = reason;
            if (endsOnStop) {
                tell(new EngineEvent.Ended(reason));
            }
        }

        @Override
        public FrameSet shorten(FrameSet keep) {
            return task.frames().intersect(begun.union(keep));
        }
    }
}
