package io.renderfleet.node.engine;

import io.renderfleet.core.local.FrameQueue;
import io.renderfleet.core.local.ProcessTree;
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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Starts one program after another for the frames of a task, on a thread of its own. */
final class CommandRun implements RenderRun {
    private static final Logger log = LoggerFactory.getLogger(CommandRun.class);

    private final CommandEngine engine;
    private final RenderTask task;
    private final EngineSink sink;
    private final FrameQueue frames;

    private @Nullable Failure stopReason;
    private @Nullable Process process;
    private @Nullable Thread ending;

    CommandRun(CommandEngine engine, RenderTask task, EngineSink sink) {
        this.engine = engine;
        this.task = task;
        this.sink = new OrderedSink(sink);
        this.frames = new FrameQueue(task.frames());
    }

    void start() {
        daemon(this::run, "command " + task.name());
    }

    @Override
    public FrameSet shorten(FrameSet keep) {
        return frames.shorten(keep);
    }

    @Override
    public void stop(Failure reason) {
        synchronized (this) {
            if (stopReason == null) {
                stopReason = reason;
                Process victim = process;
                if (victim != null) {
                    ending = daemon(
                            () -> ProcessTree.end(victim.toHandle(), engine.grace()), "command-end " + task.name());
                }
            }
        }
    }

    private synchronized @Nullable Failure stopReason() {
        return stopReason;
    }

    private void run() {
        Failure failure = null;
        try {
            OptionalInt next = frames.next();
            while (next.isPresent() && failure == null) {
                failure = stopReason();
                if (failure == null) {
                    failure = render(next.getAsInt());
                    next = frames.next();
                }
            }
        } catch (InterruptedException e) {
            failure = Failure.of(FailureKind.KILLED, "The run was interrupted.");
        } catch (RuntimeException e) {
            log.error("The run of {} failed", task.name(), e);
            failure = Failure.of(FailureKind.INTERNAL_ERROR, "The command engine failed; the node's log says why.");
        } finally {
            engine.ended(this);
            sink.accept(new EngineEvent.Ended(failure));
        }
    }

    /** Renders one frame; answers with what ends the whole run. */
    private @Nullable Failure render(int number) throws InterruptedException {
        CommandTemplate.Frame frame = CommandEngine.frame(task, number);
        sink.accept(new EngineEvent.FrameStarted(number));
        long begun = System.nanoTime();
        Optional<Failure> failure;
        try {
            Files.createDirectories(frame.output().getParent());
            failure = execute(frame, number);
        } catch (IOException e) {
            return DiskRoom.isWantOfRoom(e, task.outputFolder())
                    ? CommandFailures.diskFull(number)
                    : CommandFailures.ofStart(number, e);
        }
        Failure stopped = stopReason();
        if (stopped != null) {
            return stopped;
        }
        if (failure.isEmpty()) {
            failure = saved(frame, Duration.ofNanos(System.nanoTime() - begun));
        }
        if (failure.isPresent() && hasNoRoom()) {
            // Programs seldom say so, and each further frame would fail as well.
            return CommandFailures.diskFull(number).withLog(failure.get().log());
        }
        failure.ifPresent(why -> sink.accept(new EngineEvent.FrameFailed(number, why)));
        return null;
    }

    private boolean hasNoRoom() {
        return DiskRoom.isExhausted(task.outputFolder()) || DiskRoom.isExhausted(task.workFolder());
    }

    private Optional<Failure> execute(CommandTemplate.Frame frame, int number)
            throws IOException, InterruptedException {
        Process started = engine.launch(frame);
        Failure reason;
        synchronized (this) {
            process = started;
            reason = stopReason;
        }
        CommandOutput output = new CommandOutput(started.getInputStream(), sink);
        Thread reader = daemon(output, "command-output " + task.name());
        Duration limit = engine.frameTimeout();
        boolean late = reason == null && limit != null && !started.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (reason != null || late) {
            ProcessTree.end(started.toHandle(), engine.grace());
        }
        int code = started.waitFor();
        // What the program left behind may hold the pipe open: its words are not waited for.
        reader.join(engine.grace().toMillis());
        Thread killer;
        synchronized (this) {
            process = null;
            killer = ending;
        }
        if (killer != null) {
            // The program may be gone before all that it started is.
            killer.join();
        }
        return limit != null && late
                ? Optional.of(CommandFailures.tooLate(number, limit, output.tail()))
                : CommandFailures.ofExit(number, code, output.tail());
    }

    private Optional<Failure> saved(CommandTemplate.Frame frame, Duration renderTime) {
        Path expected = frame.output();
        Optional<Path> file = isFile(expected) ? Optional.of(expected) : withOtherExtension(expected);
        if (file.isEmpty()) {
            return Optional.of(Failure.of(
                    FailureKind.FRAME_MISSING,
                    frame.number(),
                    "The program ended without an error, but has not written " + expected.getFileName() + "."));
        }
        sink.accept(new EngineEvent.FrameSaved(frame.number(), List.of(file.get()), renderTime));
        return Optional.empty();
    }

    /** A link that a program leaves could lead to what is not its own. */
    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Optional<Path> withOtherExtension(Path expected) {
        String name = expected.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.') + 1);
        try (Stream<Path> files = Files.list(expected.getParent())) {
            return files.filter(file -> file.getFileName().toString().startsWith(stem) && isFile(file))
                    .sorted()
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A thread whose log lines bear the ids that its maker's lines bear. */
    private static Thread daemon(Runnable task, String name) {
        Map<String, String> logContext = MDC.getCopyOfContextMap();
        Thread thread = new Thread(
                () -> {
                    if (logContext != null) {
                        MDC.setContextMap(logContext);
                    }
                    task.run();
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
