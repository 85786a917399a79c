package io.renderfleet.node.engine;

import io.renderfleet.core.local.FrameQueue;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.files.DiskRoom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.stream.FileImageOutputStream;
import org.jspecify.annotations.Nullable;

/** Draws the frames of one task, on a thread of its own. */
final class TestPatternRun implements RenderRun {
    /** How often a slow frame reports progress, if the request names no samples. */
    private static final int STEPS = 10;

    private final RenderTask task;
    private final EngineSink sink;
    private final Duration timePerFrame;
    private final Consumer<TestPatternRun> onEnd;
    private final FrameQueue frames;
    private final CompletableFuture<Failure> stopped = new CompletableFuture<>();

    TestPatternRun(RenderTask task, EngineSink sink, Duration timePerFrame, Consumer<TestPatternRun> onEnd) {
        this.task = task;
        this.sink = sink;
        this.timePerFrame = timePerFrame;
        this.onEnd = onEnd;
        this.frames = new FrameQueue(task.frames());
    }

    void start() {
        Thread thread = new Thread(this::run, "test-pattern " + task.name());
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop(Failure reason) {
        stopped.complete(reason);
    }

    @Override
    public FrameSet shorten(FrameSet keep) {
        return frames.shorten(keep);
    }

    private void run() {
        Failure failure = null;
        try {
            sink.accept(new EngineEvent.LogLine("Test pattern of frames " + task.frames()));
            OptionalInt next = frames.next();
            while (next.isPresent() && failure == null) {
                failure = stopped.getNow(null);
                if (failure == null) {
                    failure = render(next.getAsInt());
                    next = frames.next();
                }
            }
        } catch (RuntimeException e) {
            failure = Failure.of(FailureKind.INTERNAL_ERROR, "The test pattern failed: " + e);
        } finally {
            onEnd.accept(this);
            sink.accept(new EngineEvent.Ended(failure));
        }
    }

    private @Nullable Failure render(int frame) {
        long begun = System.nanoTime();
        sink.accept(new EngineEvent.FrameStarted(frame));
        Failure failure = takeTime(frame);
        if (failure != null) {
            return failure;
        }
        try {
            Path file = write(frame);
            sink.accept(new EngineEvent.FrameSaved(frame, List.of(file), Duration.ofNanos(System.nanoTime() - begun)));
            return null;
        } catch (IOException e) {
            boolean full = DiskRoom.isWantOfRoom(e, task.outputFolder());
            return Failure.of(
                    full ? FailureKind.DISK_FULL : FailureKind.OUTPUT_NOT_WRITABLE,
                    frame,
                    "Frame " + frame + " could not be saved" + (full ? ": the node's disk is full." : "."));
        }
    }

    private @Nullable Failure takeTime(int frame) {
        int samples = Objects.requireNonNullElse(task.settings().samples(), STEPS);
        int steps = Math.min(samples, timePerFrame.isZero() ? 1 : STEPS);
        for (int step = 1; step <= steps; step++) {
            try {
                return stopped.get(timePerFrame.toNanos() / steps, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                int sample = (int) ((long) samples * step / steps);
                sink.accept(new EngineEvent.SamplesDone(frame, sample, samples, null));
            } catch (InterruptedException | ExecutionException e) {
                return Failure.of(FailureKind.KILLED, frame, "The test pattern was interrupted.");
            }
        }
        return null;
    }

    private Path write(int frame) throws IOException {
        boolean jpeg = "JPEG".equals(task.settings().format());
        Path file = task.outputFolder().resolve(task.output().path(frame) + (jpeg ? ".jpg" : ".png"));
        Files.createDirectories(file.getParent());
        TestPatternEngine.Size size = TestPatternEngine.Size.of(task.settings());
        try (FileImageOutputStream out = new FileImageOutputStream(file.toFile())) {
            ImageIO.write(TestPattern.draw(size.width(), size.height(), frame), jpeg ? "jpeg" : "png", out);
        }
        return file;
    }
}
