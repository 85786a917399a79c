package io.renderfleet.examples;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Renders Julia sets; a whole engine on one page. */
final class JuliaEngine implements RenderEngine {
    private final Set<Run> runs = ConcurrentHashMap.newKeySet();

    @Override
    public EngineInfo info() {
        return new EngineInfo("julia", "1");
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        return task.scene() == null
                ? Optional.empty()
                : Optional.of(Failure.of(
                        FailureKind.UNSUPPORTED_SETTING, "A Julia set needs no scene: leave the scene out."));
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        Run run = new Run(task, sink);
        runs.add(run);
        Thread thread = new Thread(run, "julia " + task.name());
        thread.setDaemon(true);
        thread.start();
        return run;
    }

    @Override
    public void close() {
        runs.forEach(run -> run.stop(Failure.of(FailureKind.NODE_DRAINED, "The node shuts down.")));
    }

    /** One task, frame by frame. Whatever happens, its last word is {@code Ended}. */
    private final class Run implements RenderRun, Runnable {
        private final RenderTask task;
        private final EngineSink sink;
        private FrameSet begun = FrameSet.empty();
        private FrameSet waiting;
        private @Nullable Failure failure;

        Run(RenderTask task, EngineSink sink) {
            this.task = task;
            this.sink = sink;
            this.waiting = task.frames();
        }

        @Override
        public void run() {
            try {
                for (OptionalInt frame = next(); frame.isPresent(); frame = next()) {
                    render(frame.getAsInt());
                }
            } catch (IOException | RuntimeException e) {
                stop(Failure.of(FailureKind.OUTPUT_NOT_WRITABLE, "A frame could not be written: " + e.getMessage()));
            } finally {
                runs.remove(this);
                sink.accept(new EngineEvent.Ended(failure()));
            }
        }

        private void render(int frame) throws IOException {
            sink.accept(new EngineEvent.FrameStarted(frame));
            long begin = System.nanoTime();
            RenderSettings settings = task.settings();
            int width = Objects.requireNonNullElse(settings.width(), 640);
            int height = Objects.requireNonNullElse(settings.height(), 360);
            Path file = task.outputFolder().resolve(task.output().path(frame) + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(JuliaSet.draw(frame, width, height), "png", file.toFile());
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            sink.accept(new EngineEvent.FrameSaved(frame, List.of(file), took));
        }

        private synchronized OptionalInt next() {
            if (failure != null || waiting.isEmpty()) {
                return OptionalInt.empty();
            }
            int frame = waiting.first();
            begun = begun.union(FrameSet.of(frame));
            waiting = waiting.skip(1);
            return OptionalInt.of(frame);
        }

        @Override
        public synchronized void stop(Failure reason) {
            if (failure == null) {
                failure = reason;
            }
        }

        @Override
        public synchronized FrameSet shorten(FrameSet keep) {
            waiting = waiting.intersect(keep);
            return begun.union(waiting);
        }

        private synchronized @Nullable Failure failure() {
            return failure;
        }
    }
}
