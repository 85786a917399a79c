package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.SplitContext;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.UploadOutcome;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts batches on free slots: nodes pull, as it were, whenever a slot is free and something waits.
 *
 * <p>The intent is durable before anything is sent. A node that may have taken a batch without being able to say so is asked again
 * with the same key until it answers or counts as lost, before the frames go elsewhere. Belongs to the loop.
 */
final class Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
    private static final int MAX_UPLOADS = 5;

    private final Farm farm;
    private final BatchCloser batchCloser;
    private final BatchFollower follower;
    private final SceneCourier courier;
    private final RetryDecision retry;
    private final Reactions reactions;
    private final WarmChoice choice;
    private boolean asked;

    Dispatcher(Farm farm, BatchCloser batchCloser, BatchFollower follower, RetryDecision retry, Reactions reactions) {
        this.reactions = reactions;
        this.farm = farm;
        this.choice = new WarmChoice(farm, this::wake);
        this.batchCloser = batchCloser;
        this.follower = follower;
        this.retry = retry;
        this.courier = new SceneCourier(farm.transport, farm.loop, farm.io, farm.scenes);
    }

    /** Looks for work for free slots once the loop has done what it has to do now. */
    void wake() {
        if (!asked) {
            asked = true;
            farm.loop.execute(() -> {
                asked = false;
                dispatchAll();
            });
        }
    }

    private void dispatchAll() {
        if (farm.hasStoodDown() || farm.journal.trouble() != null) {
            return;
        }
        // Nodes that need not load a scene first: what they take, no other node loads a scene for.
        dispatchAll(choice::nextWarm);
        dispatchAll(choice::next);
        if (isIdle()) {
            reactions.nothingWaits();
        } else if (!farm.queue.isEmpty()) {
            reactions.allAreBusy();
        }
    }

    private void dispatchAll(Function<NodeEntry, @Nullable ActiveJob> jobs) {
        NodeEntry node = farm.slots.firstFree(farm.queue.sorts());
        while (node != null && !farm.queue.isEmpty()) {
            ActiveJob job = jobs.apply(node);
            if (job != null) {
                dispatch(job, node);
            }
            node = job != null && farm.slots.isFree(node) ? node : farm.slots.nextFree(node, farm.queue.sorts());
        }
    }

    /** Hands a node what waits of a job, if it still can take it. */
    void dispatch(ActiveJob job, NodeEntry node) {
        boolean may = farm.slots.isFree(node)
                && job.isRunnable()
                && !farm.hasStoodDown()
                && farm.journal.trouble() == null
                && !job.avoids(node, farm.nanos());
        FrameSet frames = may ? cut(job, node) : null;
        if (frames != null) {
            dispatch(job, node, frames, null);
        }
    }

    /** Whether a node with a free slot would take a job that is its turn. */
    boolean isWorthLoading(ActiveJob job, NodeEntry node) {
        return choice.pays(job, node, farm.nanos());
    }

    /** Whether a node with a free slot gets nothing of a job because the nodes that have the scene loaded will be done sooner. */
    boolean leavesToOthers(ActiveJob job, NodeEntry node) {
        return choice.leavesToOthers(job, node, farm.nanos());
    }

    /** What is known of jobs and nodes has changed: looks for work again if a free node has been left without. */
    void reconsider() {
        if (choice.hasLeftNodes()) {
            wake();
        }
    }

    /** Whether slots are free and nothing waits. */
    boolean isIdle() {
        return farm.queue.isEmpty() && farm.slots.firstFree() != null && !farm.hasStoodDown();
    }

    /** Has a frame that is being rendered rendered a second time, on a node that will be sooner done with it. */
    void speculate(OpenBatch on, int frame, NodeEntry node) {
        on.inLog(() -> log.info("job {}: frame {} of batch {} is rendered on {} too", on.job, frame, on, node));
        dispatch(on.job, node, FrameSet.of(frame), on.id());
    }

    private void dispatch(ActiveJob job, NodeEntry node, FrameSet frames, @Nullable BatchId speculationOn) {
        BatchId id = job.ledger.nextBatch();
        AttemptId attempt = farm.coordinator.nextAttempt();
        SceneUse scene = speculationOn == null ? job.bake.next(node) : job.bake.second(node);
        farm.slots.reserve(node);
        job.pace.begins(farm.nanos());
        farm.record(
                job,
                new JobTransition.BatchDispatched(
                        farm.now(),
                        job.ledger.job(),
                        id,
                        frames,
                        attempt,
                        node.target().address(),
                        node.id(),
                        job.ledger.nextTry(frames),
                        speculationOn,
                        scene),
                () -> {
                    OpenBatch batch = job.openBatch(id);
                    if (batch != null) {
                        submit(batch);
                    }
                });
        BatchRecord record = job.ledger.openBatch(id);
        if (record != null) {
            job.opens(record, node, farm.nanos());
            farm.queue.update(job);
        }
    }

    private @Nullable FrameSet cut(ActiveJob job, NodeEntry node) {
        WaitingFrames waiting = job.ledger.waiting();
        FrameSet far = farFrame(job, waiting);
        if (far != null) {
            return far;
        }
        FrameSet head = waiting.head();
        SplitContext context = new SplitContext(
                head,
                waiting.size(),
                node.speed().factor(),
                Math.max(node.speed().factor(), farm.slots.totalSpeed()),
                job.pace.frameTime(),
                job.startTime(node, farm.nanos()),
                job.firstLook.next(head));
        FrameSet frames;
        try {
            frames = job.splitter.next(context);
        } catch (RuntimeException | Error e) {
            // Whatever is wrong with a splitter, only its own job suffers: the loop must go on with the others.
            job.inLog(() -> log.error("job {}: the splitter failed", job, e));
            return splitterAtFault(job, "The batch splitter threw " + e + ".");
        }
        if (hasNone(frames)) {
            return splitterAtFault(
                    job, "The batch splitter gave no frames: it must give at least one of those that wait.");
        }
        if (!head.containsAll(frames)) {
            return splitterAtFault(
                    job, "The batch splitter gave frames '" + frames + "', which are not a part of those that wait.");
        }
        return frames.take(node.isOnTrial() ? 1 : waiting.maxBatch());
    }

    /** Where nothing but failures came of the first frames, one from the other end shows whether it is the job or those frames. */
    private static @Nullable FrameSet farFrame(ActiveJob job, WaitingFrames waiting) {
        StartupFailures startupFailures = job.failures.startup();
        Integer last = waiting.last();
        if (startupFailures == null || last == null || !startupFailures.wantsFarFrame()) {
            return null;
        }
        Integer before = startupFailures.farFrame();
        boolean underWay = before != null
                && job.ledger.openBatches().stream()
                        .anyMatch(batch -> batch.frames().contains(before));
        if (underWay) {
            return null;
        }
        startupFailures.triesFarFrame(last);
        return FrameSet.of(last);
    }

    /** An application need not check for null as this project does. */
    private static boolean hasNone(@Nullable FrameSet frames) {
        return frames == null || frames.isEmpty();
    }

    private @Nullable FrameSet splitterAtFault(ActiveJob job, String message) {
        batchCloser.fail(job, Failure.of(FailureKind.INTERNAL_ERROR, message));
        return null;
    }

    /** Sends a batch, or sends it again with the same key. */
    void submit(OpenBatch batch) {
        if (farm.hasStoodDown() || batch.state() != Batch.State.DISPATCHED) {
            return;
        }
        ActiveJob job = batch.job;
        NodeEntry node = batch.node;
        Duration closed = farm.slots.untilOpen(node);
        if (!closed.isZero() && batch.handover.calls() == 0) {
            giveBack(batch);
            return;
        } else if (!closed.isZero()) {
            later(batch, closed);
            return;
        }
        batch.handover.calls(farm.nanos());
        Assignment assignment = new Assignment(
                job.ledger.job(),
                batch.id(),
                batch.attempt().withEpoch(farm.coordinator.epoch()),
                batch.attempt().toString(),
                batch.frames(),
                SceneBaker.sceneOf(batch),
                job.ledger.request().settings(),
                job.ledger.request().outputPattern(),
                job.ledger.request().batchTimeout().orElse(farm.config.batchTimeout()),
                job.ledger.request().renderer().orElse(null),
                SceneBaker.policyOf(batch),
                batch.traceparent());
        farm.transport
                .submit(node.target(), assignment, outcome -> answeredLate(batch, outcome))
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    if (bug != null) {
                        batch.inLog(() -> log.error("batch {} of job {}: the transport failed", batch, job, bug));
                    }
                    submitted(
                            batch,
                            outcome != null ? outcome : new SubmitOutcome.Unreachable(String.valueOf(bug), true));
                }));
    }

    /** The answer to a call that was given up: a batch that a node has taken all the same is watched, or stopped if it is over. */
    private void answeredLate(OpenBatch batch, SubmitOutcome outcome) {
        if (farm.hasStoodDown()) {
            return;
        }
        batch.inLog(() -> log.info("batch {} of job {}: a late answer: {}", batch, batch.job, outcome));
        if (outcome instanceof SubmitOutcome.Accepted accepted) {
            follower.accepted(batch, accepted);
        } else if (outcome instanceof SubmitOutcome.Fenced) {
            farm.standDown();
        } else {
            refused(batch.node, outcome);
        }
    }

    private void submitted(OpenBatch batch, SubmitOutcome outcome) {
        batch.handover.answered();
        if (!(outcome instanceof SubmitOutcome.Unreachable)) {
            farm.health.answered(batch.node);
        }
        boolean taken = outcome instanceof SubmitOutcome.Accepted;
        if (!taken && !batch.isOpen()) {
            batch.inLog(() -> log.debug("batch {} of job {} is over already: {}", batch, batch.job, outcome));
            batchCloser.slots().release(batch);
            refused(batch.node, outcome);
        } else if (!taken && batch.state() != Batch.State.DISPATCHED) {
            // A late answer to an earlier call has said meanwhile that the node has it.
            refused(batch.node, outcome);
        } else {
            outcome.match(answers(batch));
        }
    }

    /** What follows from the answer of a node that was sent a batch: that it was taken, always; all else as long as the batch waits for it. */
    private SubmitOutcome.Cases answers(OpenBatch batch) {
        return new SubmitOutcome.Cases() {
            @Override
            public void onAccepted(SubmitOutcome.Accepted it) {
                follower.accepted(batch, it);
            }

            @Override
            public void onSlotsTaken(SubmitOutcome.SlotsTaken it) {
                giveBack(batch);
                refused(batch.node, it);
            }

            @Override
            public void onThrottled(SubmitOutcome.Throttled it) {
                giveBack(batch);
                refused(batch.node, it);
            }

            @Override
            public void onDraining(SubmitOutcome.Draining it) {
                giveBack(batch);
                refused(batch.node, it);
            }

            @Override
            public void onSceneMissing(SubmitOutcome.SceneMissing it) {
                sendScene(batch);
            }

            @Override
            public void onRejected(SubmitOutcome.Rejected it) {
                batchCloser.rejected(batch, it.failure());
            }

            @Override
            public void onFenced(SubmitOutcome.Fenced it) {
                farm.standDown();
            }

            @Override
            public void onUnreachable(SubmitOutcome.Unreachable it) {
                unreachable(batch, it);
            }
        };
    }

    /** A node does not want work now, whatever became of the batch. All other answers say nothing of other work. */
    private void refused(NodeEntry node, SubmitOutcome outcome) {
        if (outcome instanceof SubmitOutcome.SlotsTaken taken) {
            farm.slots.taken(node, taken.retryAfter());
        } else if (outcome instanceof SubmitOutcome.Throttled throttled) {
            farm.slots.throttled(node, throttled.retryAfter());
        } else if (outcome instanceof SubmitOutcome.Draining) {
            farm.health.draining(node);
        }
    }

    private void giveBack(OpenBatch batch) {
        batchCloser.end(batch, BatchOutcome.RETURNED, null);
    }

    private void unreachable(OpenBatch batch, SubmitOutcome.Unreachable unreachable) {
        farm.health.missed(batch.node, unreachable.cause());
        if (!unreachable.maybeAccepted() && batch.handover.calls() == 1) {
            giveBack(batch);
        } else if (farm.since(batch.handover.sinceNanos())
                        .compareTo(farm.config.polls().giveUpAfter())
                >= 0) {
            batchCloser.lost(batch, batch.node + " did not say whether it took the batch: " + unreachable.cause());
        } else {
            later(batch, retry.waitAfter(Math.min(batch.handover.calls(), 4)));
        }
    }

    private void later(OpenBatch batch, Duration delay) {
        farm.loop.schedule(delay, () -> submit(batch));
    }

    private void sendScene(OpenBatch batch) {
        boolean gone = batch.record.scene() == SceneUse.BAKED && batch.job.bake.lease() == null;
        if (gone) {
            bakedSceneLost(batch);
            return;
        }
        if (!(SceneBaker.sceneOf(batch) instanceof Scene.Local scene)
                || scene.sha256() == null
                || batch.handover.calls() > MAX_UPLOADS) {
            batchCloser.rejected(
                    batch,
                    Failure.of(
                            FailureKind.SCENE_NOT_HERE,
                            "Node " + batch.node + " does not have the scene, and cannot be sent it."));
            return;
        }
        batch.inLog(() -> log.info("job {}: sending the scene to {}", batch.job, batch.node));
        courier.send(scene, scene.sha256(), batch.node, outcome -> sceneSent(batch, outcome));
    }

    /** The frames are rendered from the scene as it was sent then. */
    private void bakedSceneLost(OpenBatch batch) {
        batch.job.bake.lost();
        giveBack(batch);
    }

    private void sceneSent(OpenBatch batch, UploadOutcome outcome) {
        if (outcome instanceof UploadOutcome.Throttled throttled) {
            farm.slots.throttled(batch.node, throttled.retryAfter());
        }
        if (batch.state() == Batch.State.DISPATCHED) {
            outcome.match(sent(batch));
        }
    }

    /** What follows from sending the scene of a batch, as long as the batch waits for it. */
    private UploadOutcome.Cases sent(OpenBatch batch) {
        return new UploadOutcome.Cases() {
            @Override
            public void onStored(UploadOutcome.Stored it) {
                batch.handover.sceneSent(farm.nanos());
                submit(batch);
            }

            @Override
            public void onRefused(UploadOutcome.Refused it) {
                batchCloser.rejected(batch, it.failure());
            }

            @Override
            public void onThrottled(UploadOutcome.Throttled it) {
                giveBack(batch);
            }

            @Override
            public void onLocalFailure(UploadOutcome.LocalFailure it) {
                if (batch.record.scene() == SceneUse.BAKED) {
                    bakedSceneLost(batch);
                    return;
                }
                batchCloser.fail(
                        batch.job,
                        Failure.of(FailureKind.SCENE_UNREADABLE, "The scene cannot be sent to nodes: " + it.cause()));
            }

            @Override
            public void onUnreachable(UploadOutcome.Unreachable it) {
                farm.health.missed(batch.node, it.cause());
                giveBack(batch);
            }
        };
    }
}
