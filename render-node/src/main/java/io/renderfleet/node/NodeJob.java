package io.renderfleet.node;

import io.renderfleet.core.log.LogContext;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.RunFacts;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.journal.JobEnd;
import io.renderfleet.node.journal.JobRecord;
import io.renderfleet.node.journal.StoredJob;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one job: a state machine without threads and files. Thread-safe; guarded by its own monitor, which is never held while a
 * listener is called.
 */
final class NodeJob {
    private static final Logger log = LoggerFactory.getLogger(NodeJob.class);

    private static final NodeListener NOBODY = new NodeListener() {};

    private final String id;
    private final long pid;
    private final NodeJobRequest request;
    private final SubmitContext context;
    private final NodeTime time;
    private final NodeListener listener;
    private final LogContext logs;
    private final Instant acceptedAt;
    private final Pace pace = new Pace();

    private FrameSet frames;
    private FrameSet finished = FrameSet.empty();
    private @Nullable Integer currentFrame;
    private int sample;
    private int samples;
    private @Nullable Instant startedAt;
    private @Nullable Failure frameFailure;
    private final List<RenderWarning> warnings = new ArrayList<>();
    private @Nullable SceneReport scene;
    private RunFacts run = RunFacts.NONE;
    private @Nullable End end;
    private boolean endIsTold;
    private boolean cancelled;
    private long version = 1;
    private @Nullable Watchers watchers;

    /** How the job ended. */
    private record End(
            NodeJobState state, Instant at, @Nullable Failure failure) {}

    NodeJob(String id, long pid, NodeJobRequest request, SubmitContext context, NodeTime time, NodeListener listener) {
        this(id, pid, request, context, time, listener, time.now());
    }

    private NodeJob(
            String id,
            long pid,
            NodeJobRequest request,
            SubmitContext context,
            NodeTime time,
            NodeListener listener,
            Instant acceptedAt) {
        this.id = id;
        this.pid = pid;
        this.request = request;
        this.context = context;
        this.time = time;
        this.listener = listener;
        this.logs = LogContext.empty()
                .with(LogContext.JOB, request.job() == null ? id : request.job())
                .with(LogContext.BATCH, request.batch())
                .with(LogContext.ATTEMPT, context.attempt())
                .traced(context.traceparent());
        this.frames = request.frames();
        this.acceptedAt = acceptedAt;
    }

    /** A job of an earlier boot, as it ended. */
    static NodeJob ofEarlierBoot(StoredJob stored, NodeJobState state, JobEnd end, NodeTime time) {
        JobRecord record = stored.job();
        NodeJob job = new NodeJob(
                record.id(),
                record.pid(),
                JobRecords.request(record),
                JobRecords.context(record),
                time,
                NOBODY,
                record.acceptedAt());
        job.restore(stored, state, end);
        return job;
    }

    private synchronized void restore(StoredJob stored, NodeJobState state, JobEnd how) {
        frames = stored.frames();
        finished = stored.finished();
        startedAt = stored.startedAt();
        warnings.addAll(stored.warnings());
        scene = stored.scene();
        forgetBakedOfDirectJob();
        end = new End(state, how.at(), how.failure());
        endIsTold = true;
    }

    String id() {
        return id;
    }

    long pid() {
        return pid;
    }

    Instant acceptedAt() {
        return acceptedAt;
    }

    NodeJobRequest request() {
        return request;
    }

    SubmitContext context() {
        return context;
    }

    /** The ids that belong into log lines about this job. */
    LogContext logs() {
        return logs;
    }

    synchronized boolean ended() {
        return endIsTold;
    }

    synchronized @Nullable Instant endedAt() {
        return end == null ? null : end.at();
    }

    synchronized FrameSet frames() {
        return frames;
    }

    synchronized FrameSet finished() {
        return finished;
    }

    synchronized FrameSet unfinished() {
        return frames.minus(finished);
    }

    /** Marks that somebody wants the job to be stopped, so that it ends as cancelled. */
    synchronized void cancelled() {
        cancelled = true;
    }

    /** Notes that a frame was begun; true for the first one of the job. */
    boolean frameStarted(int frame) {
        boolean first;
        List<Watchers.Watch> due;
        synchronized (this) {
            if (end != null) {
                return false;
            }
            first = startedAt == null;
            if (first) {
                startedAt = time.now();
            }
            currentFrame = frame;
            sample = 0;
            samples = 0;
            due = changed();
        }
        tell(due);
        return first;
    }

    void samplesDone(int frame, int done, int of) {
        List<Watchers.Watch> due;
        synchronized (this) {
            if (end != null || currentFrame == null || currentFrame != frame) {
                return;
            }
            sample = done;
            samples = of;
            due = changed();
        }
        tell(due);
    }

    /** The renderer is done with a frame; whether it is whole is not known yet. */
    synchronized void frameLeft(int frame) {
        if (currentFrame != null && currentFrame == frame) {
            currentFrame = null;
        }
    }

    void frameFinished(int frame, Duration renderTime) {
        List<Watchers.Watch> due;
        synchronized (this) {
            if (!add(frame)) {
                return;
            }
            pace.add(renderTime);
            due = changed();
        }
        tell(due);
        listener.frameFinished(view(), frame, renderTime);
    }

    /** A frame was there before and need not be rendered. */
    void frameKept(int frame) {
        List<Watchers.Watch> due;
        synchronized (this) {
            due = add(frame) ? changed() : List.of();
        }
        tell(due);
    }

    private boolean add(int frame) {
        if (end != null || finished.contains(frame)) {
            return false;
        }
        finished = finished.union(FrameSet.of(frame));
        return true;
    }

    void frameFailed(Failure why) {
        List<Watchers.Watch> due;
        synchronized (this) {
            if (end != null) {
                return;
            }
            if (frameFailure == null) {
                frameFailure = why;
            }
            due = changed();
        }
        tell(due);
        listener.frameFailed(view(), why);
    }

    /** Notes what the renderer takes; nobody is told before something else changes. */
    synchronized void usedMemory(long peakBytes) {
        run = run.withPeakMemory(peakBytes);
    }

    /** Notes on what the renderer computes. */
    synchronized void usedDevice(String device) {
        run = run.withDevice(device);
    }

    /** Notes what an artist should know; false where that is known, or there is no room for more. */
    boolean warned(RenderWarning warning) {
        List<Watchers.Watch> due;
        synchronized (this) {
            if (end != null
                    || warnings.size() >= RenderWarning.MAX_KEPT
                    || warnings.stream().anyMatch(warning::saysTheSameAs)) {
                return false;
            }
            warnings.add(warning);
            due = changed();
        }
        tell(due);
        return true;
    }

    /** Notes what the engine has found in the scene; true where that is new. */
    boolean sceneLoaded(EngineEvent.SceneLoaded found) {
        return know(before ->
                new SceneReport(found.frameRate(), found.simulation(), before == null ? null : before.baked()));
    }

    /** Notes that the baked scene can be fetched; true where there was none. */
    boolean sceneBaked(BakedScene baked) {
        return know(before -> before == null
                ? new SceneReport(null, null, baked)
                : new SceneReport(
                        before.frameRate(), before.simulation(), before.baked() == null ? baked : before.baked()));
    }

    private boolean know(UnaryOperator<@Nullable SceneReport> more) {
        List<Watchers.Watch> due;
        synchronized (this) {
            SceneReport known = more.apply(scene);
            if (end != null || Objects.equals(known, scene)) {
                return false;
            }
            scene = known;
            due = changed();
        }
        tell(due);
        return true;
    }

    synchronized @Nullable SceneReport scene() {
        return scene;
    }

    void shortened(FrameSet kept) {
        List<Watchers.Watch> due;
        synchronized (this) {
            if (end != null) {
                return;
            }
            frames = frames.intersect(kept);
            due = changed();
        }
        tell(due);
    }

    /**
     * Ends the job.
     *
     * @param why why the run ended early, or null
     * @param before takes how it ended, before the end is visible: what is done here is done for everyone who sees the end
     */
    void end(@Nullable Failure why, Consumer<NodeJobView> before) {
        NodeJobView view;
        synchronized (this) {
            if (end != null) {
                return;
            }
            end = howItEnds(why);
            currentFrame = null;
            forgetBakedOfDirectJob();
            view = view(end);
        }
        try {
            before.accept(view);
        } finally {
            List<Watchers.Watch> due;
            synchronized (this) {
                endIsTold = true;
                version++;
                due = watchers == null ? List.of() : watchers.onEnd();
                watchers = null;
            }
            tell(due);
            listener.jobEnded(view());
        }
    }

    /** The folder of a direct job's attempt goes with its end, and all that is in it. */
    private void forgetBakedOfDirectJob() {
        if (scene != null && context.attempt() == null) {
            scene = new SceneReport(scene.frameRate(), scene.simulation(), null);
        }
    }

    private End howItEnds(@Nullable Failure why) {
        FrameSet missing = frames.minus(finished);
        if (missing.isEmpty()) {
            return new End(NodeJobState.COMPLETED, time.now(), null);
        }
        return cancelled && why != null
                ? new End(NodeJobState.CANCELLED, time.now(), why)
                : new End(NodeJobState.FAILED, time.now(), reason(why, missing));
    }

    private Failure reason(@Nullable Failure why, FrameSet missing) {
        if (frameFailure != null && (why == null || why.kind() == FailureKind.CANCELLED)) {
            return frameFailure;
        }
        if (why != null) {
            return why;
        }
        return Failure.of(
                FailureKind.FRAME_MISSING,
                missing.first(),
                "The renderer ended without an error, but "
                        + (missing.size() == 1 ? "frame " + missing : "frames " + missing) + " never came.");
    }

    Registration watch(long since, boolean endOnly, Consumer<NodeJobView> callback) {
        Watchers.Watch watch = new Watchers.Watch(since, endOnly, callback);
        List<Watchers.Watch> due;
        synchronized (this) {
            if (endIsTold) {
                due = List.of(watch);
            } else {
                if (watchers == null) {
                    watchers = new Watchers(time, this::tick);
                }
                watchers.add(watch);
                due = watchers.onProgress(version);
            }
        }
        tell(due);
        return () -> forget(watch);
    }

    private synchronized void forget(Watchers.Watch watch) {
        if (watchers != null) {
            watchers.remove(watch);
        }
    }

    private void tick() {
        List<Watchers.Watch> due;
        synchronized (this) {
            due = watchers == null ? List.of() : watchers.onTick(version);
        }
        tell(due);
    }

    private List<Watchers.Watch> changed() {
        version++;
        return watchers == null ? List.of() : watchers.onProgress(version);
    }

    private void tell(List<Watchers.Watch> due) {
        if (!due.isEmpty()) {
            NodeJobView view = view();
            due.forEach(watch -> tell(watch, view));
        }
    }

    /** What a listener does wrong must not end what it listens to. */
    private void tell(Watchers.Watch watch, NodeJobView view) {
        try {
            watch.tell(view);
        } catch (RuntimeException e) {
            log.error("Job {}: somebody who waits for it failed", id, e);
        }
    }

    synchronized @Nullable Duration timeLeft() {
        return end != null
                ? Duration.ZERO
                : pace.timeLeft(frames.minus(finished).size() - currentFraction());
    }

    private double currentFraction() {
        return currentFrame == null || samples <= 0 ? 0 : Math.min(1, (double) sample / samples);
    }

    synchronized NodeJobView view() {
        return view(endIsTold ? end : null);
    }

    private NodeJobView view(@Nullable End as) {
        double done = frames.size() - frames.minus(finished).size() + currentFraction();
        Duration left = as != null ? null : timeLeft();
        return new NodeJobView(
                id,
                pid,
                as == null ? NodeJobState.RUNNING : as.state(),
                frames,
                finished,
                currentFrame,
                sample,
                samples,
                frames.isEmpty() ? 1 : Math.min(1, done / frames.size()),
                pace.secondsPerFrame(),
                left,
                acceptedAt,
                startedAt,
                as == null ? null : as.at(),
                as == null ? null : as.failure(),
                warnings,
                scene,
                run,
                request.job(),
                request.batch(),
                context.attempt(),
                version,
                pace.pollAfter(left));
    }
}
