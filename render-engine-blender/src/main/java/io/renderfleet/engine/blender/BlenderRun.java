package io.renderfleet.engine.blender;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.local.FrameQueue;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders the frames of one task, one after the other, in a session that it starts or takes over.
 *
 * <p>All events come from the one thread that {@link #run} is called on. A Blender that dies or falls silent costs the frame that was
 * running: that frame is tried once more in a fresh process. What is wrong with one frame alone fails that frame, and the run goes
 * on; what would be wrong with every other frame, too, ends it.
 */
final class BlenderRun implements RenderRun, Runnable, Listener {
    private static final Logger log = LoggerFactory.getLogger(BlenderRun.class);
    private static final int TRIES = 2;
    private static final int FAILURES_IN_A_ROW = 3;

    /** Failures that may be of one frame's own. */
    private static final Set<FailureKind> OF_ONE_FRAME = EnumSet.of(
            FailureKind.FRAME_MISSING,
            FailureKind.FRAME_EMPTY,
            FailureKind.FRAME_DAMAGED,
            FailureKind.FRAME_TIMEOUT,
            FailureKind.MISSING_FILES,
            FailureKind.UNSUPPORTED_SETTING,
            FailureKind.PROGRAM_FAILED,
            FailureKind.CRASHED,
            FailureKind.KILLED,
            FailureKind.HUNG,
            FailureKind.OUT_OF_MEMORY,
            FailureKind.GPU_OUT_OF_MEMORY);

    private final SessionSource sessions;
    private final RenderTask task;
    private final EngineSink sink;
    private final FrameQueue plan;
    private final SceneBake scene;
    private volatile @Nullable Failure stopReason;
    private volatile @Nullable Session session;
    private boolean keepGeometry;
    private int failuresInARow;
    private EngineEvent.@Nullable SceneLoaded told;

    BlenderRun(SessionSource sessions, RenderTask task, EngineSink sink) {
        this.sessions = sessions;
        this.task = task;
        this.sink = sink;
        this.plan = new FrameQueue(task.frames());
        this.scene = new SceneBake(sessions, task, this);
        this.keepGeometry = !Boolean.FALSE.equals(task.settings().persistentData());
    }

    @Override
    public void run() {
        Failure failure;
        try {
            failure = renderAll();
        } catch (InterruptedException e) {
            failure = Failure.of(FailureKind.CANCELLED, "The run was interrupted.");
        } catch (RuntimeException e) {
            log.error("The run {} failed by a fault of its own", task.name(), e);
            failure = Failure.of(FailureKind.INTERNAL_ERROR, "The Blender engine itself failed: " + e);
        }
        Failure stopped = stopReason;
        Session last = session;
        session = null;
        if (last != null) {
            sessions.release(last, scene.task(), stopped == null && failure == null && !scene.isBaked());
        }
        clearUnfinished();
        accept(new EngineEvent.Ended(stopped == null ? failure : stopped));
    }

    private @Nullable Failure renderAll() throws InterruptedException {
        OptionalInt frame = plan.next();
        while (frame.isPresent() && stopReason == null) {
            Failure failure = render(frame.getAsInt());
            if (failure != null) {
                return failure;
            }
            frame = plan.next();
        }
        return null;
    }

    /** Renders a frame; returns why the run can't go on, or null. */
    private @Nullable Failure render(int frame) throws InterruptedException {
        for (int attempt = 1; stopReason == null; attempt++) {
            Session current = session;
            if (current == null) {
                SessionSource.Opening opening = scene.open(opened -> session = opened);
                if (opening.failure() != null) {
                    endSession();
                    return opening.failure();
                }
                current = opening.session();
            }
            if (current == null || stopReason != null) {
                return null;
            }
            Reply reply = current.prepare(frame, this);
            if (reply instanceof Reply.Done) {
                reply = current.render(frame, task.outputFolder(), task.output().path(frame), keepGeometry, this);
            }
            if (reply instanceof Reply.Stopped) {
                return null;
            }
            Failure failure;
            if (reply instanceof Reply.Done done) {
                failure = accept(frame, done, current);
                if (failure == null) {
                    return null;
                }
            } else {
                failure = current.diagnose(reply, frame);
            }
            boolean died = reply instanceof Reply.Exited || reply instanceof Reply.Silent;
            if (died || reply instanceof Reply.TookTooLong || failure.kind() == FailureKind.GPU_OUT_OF_MEMORY) {
                endSession();
            }
            if (died && attempt < TRIES) {
                tryAgain(failure);
                continue;
            }
            return judge(frame, failure);
        }
        return null;
    }

    private void tryAgain(Failure failure) {
        if (failure.kind() == FailureKind.OUT_OF_MEMORY) {
            keepGeometry = false;
        }
        accept(new EngineEvent.Warned(new RenderWarning(
                "tried-again",
                failure.frame(),
                failure.message() + " The frame is tried once more in a fresh Blender.")));
    }

    private @Nullable Failure judge(int frame, Failure failure) {
        if (!OF_ONE_FRAME.contains(failure.kind())) {
            return failure;
        }
        accept(new EngineEvent.FrameFailed(frame, failure));
        failuresInARow++;
        return failuresInARow < FAILURES_IN_A_ROW ? null : failure;
    }

    /** Takes a frame that the driver says it saved; returns what is wrong with it, or null. */
    private @Nullable Failure accept(int frame, Reply.Done done, Session current) {
        List<Path> files = new ArrayList<>();
        Map<Path, EngineEvent.FrameSaved.Source> sources = new HashMap<>();
        for (DriverEvent each : done.files()) {
            String name = each.text("name");
            Path file = task.outputFolder().resolve(name).normalize();
            Failure wrong = inspect(frame, name, file, current);
            if (wrong != null) {
                return wrong;
            }
            files.add(file);
            if (!each.text("node").isEmpty()) {
                sources.put(
                        file,
                        new EngineEvent.FrameSaved.Source(
                                each.text("node"), each.values().get("slot")));
            }
        }
        if (files.isEmpty()) {
            return Diagnosis.failure(
                    FailureKind.FRAME_MISSING, frame, "Blender named no file of frame " + frame + ".", current.log());
        }
        String seconds = done.event().text("seconds");
        Duration renderTime = Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000));
        failuresInARow = 0;
        accept(new EngineEvent.FrameSaved(frame, files, renderTime, sources));
        watchMemory(current);
        return null;
    }

    private @Nullable Failure inspect(int frame, String name, Path file, Session current) {
        try {
            if (!file.startsWith(task.outputFolder()) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Diagnosis.failure(
                        FailureKind.FRAME_MISSING, frame, "'" + name + "' is not in the output folder.", current.log());
            }
            if (Files.size(file) == 0) {
                return Diagnosis.failure(FailureKind.FRAME_EMPTY, frame, "'" + name + "' has 0 bytes.", current.log());
            }
            return null;
        } catch (IOException e) {
            return Diagnosis.failure(
                    FailureKind.FRAME_MISSING,
                    frame,
                    "'" + name + "' cannot be read: " + e.getMessage(),
                    current.log());
        }
    }

    /** Above the limit geometry is given up first; a Blender that still holds too much is replaced between two frames. */
    private void watchMemory(Session current) {
        if (sessions.isExhausted(current)) {
            session = null;
            sessions.release(current, scene.task(), false);
        } else if (keepGeometry && sessions.isHeavy(current)) {
            keepGeometry = false;
            accept(new EngineEvent.LogLine("Memory passed the limit: geometry is no longer kept between frames."));
        }
    }

    /** The driver keeps files in such folders until they are whole; one that was killed leaves its own behind. */
    private void clearUnfinished() {
        try (var folders = Files.newDirectoryStream(task.outputFolder(), ".rendering-*")) {
            folders.forEach(FileTree::remove);
        } catch (IOException e) {
            log.debug("{} cannot be looked through: {}", task.outputFolder(), e.toString());
        }
    }

    private void endSession() {
        Session current = session;
        session = null;
        if (current != null) {
            current.end();
        }
    }

    @Override
    public void stop(Failure reason) {
        synchronized (this) {
            if (stopReason != null) {
                return;
            }
            stopReason = reason;
        }
        Session current = session;
        if (current != null) {
            current.wake();
        }
    }

    @Override
    public FrameSet shorten(FrameSet keep) {
        return plan.shorten(keep);
    }

    @Override
    public void accept(EngineEvent event) {
        sink.accept(event);
    }

    @Override
    public void learned() {
        Session current = session;
        // What is reported is of the scene that was sent, also where a baked one is rendered in its place.
        if (current == null || scene.isBaked()) {
            return;
        }
        EngineEvent.SceneLoaded known = current.facts().told(task.frames());
        if (!known.equals(told)) {
            told = known;
            accept(known);
        }
    }

    @Override
    public boolean isStopped() {
        return stopReason != null;
    }
}
