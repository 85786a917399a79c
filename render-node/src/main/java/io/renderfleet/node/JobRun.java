package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job from its start to its end: it takes the events of the engine, passes frames on to be verified, watches the time, and ends the
 * job.
 *
 * <p>Whatever touches files is done by the {@link Outputs} in the order of the events, never on the engine's thread. The engine is never
 * called with a lock held.
 */
final class JobRun implements EngineSink {
    private static final Logger log = LoggerFactory.getLogger(JobRun.class);

    private static final RenderRun NEVER_STARTED = new RenderRun() {
        @Override
        public void stop(Failure reason) {}

        @Override
        public FrameSet shorten(FrameSet keep) {
            return keep;
        }
    };

    private final NodeJob job;
    private final RenderEngine engine;
    private final RenderTask task;
    private final Outputs outputs;
    private final NodeTime time;
    private final Ending ending;
    private final CompletableFuture<RenderRun> started = new CompletableFuture<>();

    private boolean starting;
    private boolean over;
    private @Nullable Failure stopReason;
    private Registration timeout = Registration.DONE;

    /** Who has to know of the end. */
    interface Ending {
        /** The job takes no slot any more; nobody knows of its end yet. */
        void free(JobRun run);

        /** All that waited for the end have been called. */
        void over(JobRun run);
    }

    JobRun(NodeJob job, RenderEngine engine, RenderTask task, Outputs outputs, NodeTime time, Ending ending) {
        this.job = job;
        this.engine = engine;
        this.task = task;
        this.outputs = outputs;
        this.time = time;
        this.ending = ending;
    }

    NodeJob job() {
        return job;
    }

    void start() {
        outputs.prepare(job, () -> !isStopped(), this::startEngine);
    }

    private synchronized boolean isStopped() {
        return stopReason != null;
    }

    private void startEngine() {
        Failure reason;
        FrameSet frames;
        synchronized (this) {
            starting = true;
            reason = stopReason;
            frames = job.unfinished();
        }
        if (reason != null || frames.isEmpty()) {
            accept(new EngineEvent.Ended(reason));
            return;
        }
        RenderRun run;
        try {
            run = engine.start(task.withFrames(frames), this);
        } catch (RuntimeException | Error e) {
            // Such as a library that is missing: the job must end all the same, or it would keep its slot for ever.
            log.error("Job {}: the engine could not start", job.id(), e);
            accept(new EngineEvent.Ended(
                    Failure.of(FailureKind.INTERNAL_ERROR, "The engine could not start; the node's log says why.")));
            return;
        }
        synchronized (this) {
            started.complete(run);
            reason = stopReason;
        }
        if (reason != null) {
            run.stop(reason);
        }
    }

    /** Stops the run, now or as soon as it has started; returns at once. */
    void stop(Failure reason) {
        RenderRun run;
        synchronized (this) {
            if (stopReason != null || over) {
                return;
            }
            stopReason = reason;
            run = started.getNow(null);
        }
        if (run != null) {
            run.stop(reason);
        }
    }

    /** Gives frames up; waits for the engine to start if that is under way. */
    void shorten(FrameSet keep) {
        synchronized (this) {
            if (!starting) {
                job.shortened(keep.union(job.finished()));
                outputs.shortened(job.frames());
                return;
            }
            if (over) {
                return;
            }
        }
        FrameSet kept = started.join().shorten(keep);
        job.shortened(kept.union(job.finished()));
        outputs.shortened(job.frames());
    }

    @Override
    public void accept(EngineEvent event) {
        job.logs().within(() -> take(event));
    }

    private void take(EngineEvent event) {
        synchronized (this) {
            if (over) {
                log.warn(
                        "Job {}: the engine told {} after its end",
                        job.id(),
                        event.getClass().getSimpleName());
                return;
            }
            over = event instanceof EngineEvent.Ended;
        }
        if (event instanceof EngineEvent.FrameStarted begun) {
            outputs.began(begun.frame());
            frameStarted(begun.frame());
        } else if (event instanceof EngineEvent.SamplesDone done) {
            job.samplesDone(done.frame(), done.sample(), done.samples());
        } else if (event instanceof EngineEvent.MemoryUsed used) {
            job.usedMemory(used.peakBytes());
        } else if (event instanceof EngineEvent.DeviceUsed used) {
            job.usedDevice(used.device());
        } else if (event instanceof EngineEvent.LogLine line) {
            outputs.log(line.text());
        } else if (event instanceof EngineEvent.Warned warned) {
            outputs.log("Warning: " + warned.warning().message());
            outputs.inOrder(() -> outputs.warned(job, warned.warning()));
        } else if (event instanceof EngineEvent.SceneLoaded loaded) {
            outputs.inOrder(() -> outputs.loaded(job, loaded));
        } else if (event instanceof EngineEvent.SceneBaked baked) {
            outputs.inOrder(() -> outputs.takeBaked(job, baked));
        } else if (event instanceof EngineEvent.FrameSaved saved) {
            job.frameLeft(saved.frame());
            outputs.inOrder(() -> outputs.take(job, saved));
        } else if (event instanceof EngineEvent.FrameFailed failed) {
            job.frameLeft(failed.frame());
            outputs.inOrder(() -> outputs.fail(job, failed.failure()));
        } else if (event instanceof EngineEvent.Ended ended) {
            outputs.inOrder(() -> end(ended.failure()));
        }
    }

    private void frameStarted(int frame) {
        if (!job.frameStarted(frame)) {
            return;
        }
        outputs.inOrder(() -> outputs.started(time.now()));
        if (task.timeout() != null) {
            Registration alarm = time.after(task.timeout(), () -> stop(tooLate()));
            boolean late;
            synchronized (this) {
                late = over;
                timeout = alarm;
            }
            if (late) {
                alarm.close();
            }
        }
    }

    private static Failure tooLate() {
        return Failure.of(
                FailureKind.BATCH_TIMEOUT,
                "The job was not done within its timeoutSeconds; the frames that are finished are kept.");
    }

    private void end(@Nullable Failure failure) {
        synchronized (this) {
            timeout.close();
        }
        // A run that never began need not be waited for any longer.
        started.complete(NEVER_STARTED);
        Failure told = failure == null || !failure.log().isEmpty() ? failure : failure.withLog(outputs.logTail());
        try {
            job.end(told, view -> {
                try {
                    outputs.ended(view);
                } finally {
                    ending.free(this);
                }
            });
        } finally {
            ending.over(this);
        }
    }
}
