package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whose fault it is that a batch failed, what is done about it, and which nodes a job therefore avoids. Belongs to the loop.
 *
 * <p>Hope rests on nodes that can be had now. What lies in a scene that was sent by content ends the job at the first answer. What
 * another version of the renderer may be able to do is tried there, if a node with another version is up. For all else the nodes that are
 * up are asked, until two agree, none is left, or {@link io.renderfleet.core.policy.RetryPolicy#hopelessAfter()} has passed without a
 * frame. A crash, which can be the fault of either side, takes three nodes, or all that are up.
 */
final class FailureBlame {
    private static final int AGREE_ON_JOB = 2;
    private static final int AGREE_ON_DOUBT = 3;
    private static final int PATIENCE = 3;
    private static final int MOST_RETURNS = 10;
    private static final Duration AVOIDED = Duration.ofMinutes(2);

    private final Farm farm;

    /** What is to be done about a failure. */
    enum Course {
        /** The job is over: nobody can do better. */
        END_JOB,
        /** This frame is over; the others go on. */
        GIVE_UP_FRAME,
        /** This node is not asked again for this job, others are. */
        ASK_OTHERS,
        /** The node is to blame: others render it, and that costs no try. */
        RETURN,
        /** It is tried again, as often as the policy says. */
        TRY_AGAIN
    }

    FailureBlame(Farm farm) {
        this.farm = farm;
    }

    /** Decides about a batch that failed; calls back when the job need not avoid the node any more. */
    Course on(OpenBatch batch, Failure failure, Runnable onForgiven) {
        ActiveJob job = batch.job;
        boolean anyDone = job.ledger.done() > 0;
        boolean ofFrame = failure.frame() != null;
        boolean machine = !(batch.node.target() instanceof Target.Pool);
        FaultSource source = FaultSource.of(failure.kind());
        if (source == FaultSource.REQUEST) {
            return Course.END_JOB;
        }
        if (source == FaultSource.SCENE && isSent(job.scene())) {
            // Where others have rendered it, it is not the whole scene that is at fault.
            if (!anyDone) {
                return Course.END_JOB;
            }
            return ofFrame || !machine ? Course.GIVE_UP_FRAME : Course.ASK_OTHERS;
        }
        if (failure.kind() == FailureKind.UNSUPPORTED_SETTING && ofFrame) {
            note(batch, failure);
            return isHopeless(job) ? Course.END_JOB : Course.GIVE_UP_FRAME;
        }
        if ((source == FaultSource.VERSION || source == FaultSource.INSTALLATION) && machine) {
            return Course.ASK_OTHERS;
        }
        boolean returns = isStrange(batch, failure);
        blame(batch, failure, source, onForgiven);
        if (source == FaultSource.NODE || source == FaultSource.COORDINATOR) {
            return Course.TRY_AGAIN;
        }
        if (anyDone) {
            return returns ? Course.RETURN : Course.TRY_AGAIN;
        }
        note(batch, failure);
        if (isHopeless(job)) {
            return Course.END_JOB;
        }
        return returns && source.isOfTheJob() ? Course.RETURN : Course.TRY_AGAIN;
    }

    /**
     * Whether somebody failed a whole batch who has never rendered a frame of the job, so that it says nothing of the frames in it. A
     * worker of a pool gets such batches again and again, since it alone is always idle: there a batch of one frame counts as well.
     */
    private static boolean isStrange(OpenBatch batch, Failure failure) {
        ActiveJob job = batch.job;
        NodeId by = batch.renderedBy();
        boolean whole = failure.frame() == null
                && (batch.executedBy() != null || batch.unsettled().size() > 1);
        return whole && by != null && !job.nodes.hasRendered(by) && job.failures.inRow() < MOST_RETURNS;
    }

    private static boolean isSent(Scene scene) {
        return scene instanceof Scene.Local;
    }

    private void note(OpenBatch batch, Failure failure) {
        ActiveJob job = batch.job;
        if (job.ledger.done() == 0) {
            NodeId by = batch.renderedBy();
            job.failures
                    .startup(farm.nanos())
                    .failed(batch.node, by == null ? new NodeId("unknown") : by, batch.unsettled(), failure);
        }
    }

    /** A node will not render a job: remembers it, and says whether another one may. */
    boolean isHopelessWithout(ActiveJob job, NodeEntry node, Failure failure) {
        job.nodes.refused(node, failure);
        if (job.ledger.done() == 0) {
            job.failures.startup(farm.nanos()).refused(failure);
        }
        return !mayBeServed(job, failure);
    }

    /** Whether a job of which nothing is done has waited long enough for somebody who can do better. */
    boolean isHopeless(ActiveJob job) {
        StartupFailures startupFailures = job.failures.startup();
        Failure telling = startupFailures == null ? null : startupFailures.telling();
        if (startupFailures == null || telling == null || job.ledger.done() > 0) {
            return false;
        }
        boolean late = isLate(startupFailures);
        if (startupFailures.failures() == 0) {
            return !mayBeServed(job, telling) && !isRendering(job, startupFailures);
        }
        FaultSource source = FaultSource.of(telling.kind());
        if (source == FaultSource.MEMORY) {
            return false;
        }
        boolean nobodyLeft = startupFailures.witnesses() >= AGREE_ON_JOB || others(job, startupFailures) == 0;
        boolean everywhere =
                startupFailures.isEverywhere() || job.ledger.request().frames().size() == 1;
        int attempts = farm.config.retry().maxAttempts();
        if (source.isOfTheJob()) {
            boolean wholeJob = telling.frame() == null
                    || (everywhere && startupFailures.failures() >= Math.min(attempts, PATIENCE));
            return late ? !isRendering(job, startupFailures) : nobodyLeft && wholeJob;
        }
        boolean nobodyElse = others(job, startupFailures) == 0;
        boolean agreed = startupFailures.witnesses() >= AGREE_ON_DOUBT || nobodyElse;
        boolean tried = everywhere && (startupFailures.failures() >= attempts || (late && nobodyElse));
        boolean outOfPatience = startupFailures.failures() >= PATIENCE * attempts;
        return tried && (agreed || outOfPatience) && !isUnderWay(job, startupFailures, late);
    }

    private boolean isLate(StartupFailures startupFailures) {
        return farm.since(startupFailures.since()).compareTo(farm.config.retry().hopelessAfter()) >= 0;
    }

    /** Whether a node that has not failed the job shows that it renders. Of one that shows nothing it is assumed. */
    private static boolean isRendering(ActiveJob job, StartupFailures startupFailures) {
        return job.openBatches().stream()
                .anyMatch(batch -> isAfresh(batch, startupFailures)
                        && batch.state() != Batch.State.DISPATCHED
                        && (batch.watch.hasBegun() || batch.node.lacks(Capability.FRAMES)));
    }

    private static boolean isUnderWay(ActiveJob job, StartupFailures startupFailures, boolean late) {
        boolean mustShow = late && startupFailures.witnesses() >= AGREE_ON_JOB;
        return mustShow
                ? isRendering(job, startupFailures)
                : job.openBatches().stream().anyMatch(batch -> batch.watch.end() == null);
    }

    private static boolean isAfresh(OpenBatch batch, StartupFailures startupFailures) {
        return !startupFailures.isKnownOf(batch.node);
    }

    /** How many nodes that can be had now have not had their say yet. */
    private long others(ActiveJob job, StartupFailures startupFailures) {
        boolean late = isLate(startupFailures);
        return farm.nodes.all().stream()
                .filter(node -> couldServe(job, node) && (isUp(node) || (!late && node.isExpectedSoon())))
                .filter(node -> !startupFailures.isKnownOf(node))
                .count();
    }

    private static boolean isUp(NodeEntry node) {
        return node.state() == FarmNode.State.UP;
    }

    /** Whether a job may be served that some nodes have refused, the last one for the given reason. */
    private boolean mayBeServed(ActiveJob job, Failure failure) {
        FaultSource source = FaultSource.of(failure.kind());
        Stream<NodeEntry> left = farm.nodes.all().stream().filter(node -> couldServe(job, node));
        if (job.ledger.done() > 0) {
            // Somebody can render it, and may just be away.
            return left.findAny().isPresent();
        }
        if (source == FaultSource.VERSION) {
            return left.anyMatch(node -> (isUp(node) || hasBatchOf(job, node)) && isOtherVersion(job, node));
        }
        boolean late = job.failures.startup() != null && isLate(job.failures.startup());
        boolean waitsItsTurn = source == FaultSource.SCENE_ELSEWHERE;
        return late
                ? waitsItsTurn && left.anyMatch(FailureBlame::isUp)
                : left.findAny().isPresent();
    }

    private static boolean hasBatchOf(ActiveJob job, NodeEntry node) {
        return job.openBatches().stream().anyMatch(batch -> node.equals(batch.node));
    }

    /** Whether a node has another renderer than all those that said that theirs cannot do it; for a scene that is too new, a newer one. */
    private static boolean isOtherVersion(ActiveJob job, NodeEntry node) {
        for (Map.Entry<NodeEntry, Failure> refusal : job.nodes.refusals().entrySet()) {
            FailureKind kind = refusal.getValue().kind();
            NodeEntry by = refusal.getKey();
            boolean same =
                    by.engines().equals(node.engines()) || (kind == FailureKind.SCENE_TOO_NEW && !isNewer(node, by));
            if (FaultSource.of(kind) == FaultSource.VERSION && same) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNewer(NodeEntry node, NodeEntry than) {
        return node.engines().stream()
                .anyMatch(one -> than.engines().stream()
                        .filter(other -> other.name().equals(one.name()))
                        .allMatch(other -> one.isNewerThan(other)));
    }

    private static boolean couldServe(ActiveJob job, NodeEntry node) {
        return !job.nodes.isRefusedBy(node)
                && node.state() != FarmNode.State.LEFT
                && node.state() != FarmNode.State.DUPLICATE
                && (node.id() == null || node.satisfies(job.requirement));
    }

    /** Draws the conclusions for the node. */
    private void blame(OpenBatch batch, Failure failure, FaultSource source, Runnable onForgiven) {
        ActiveJob job = batch.job;
        NodeEntry node = batch.node;
        if (failure.kind() == FailureKind.OUT_OF_MEMORY) {
            job.nodes.needsMoreMemoryThan(node);
        }
        Duration avoided = job.nodes.avoid(node, farm.nanos(), AVOIDED, source != FaultSource.NODE);
        if (farm.nodes.all().stream().noneMatch(other -> isUp(other) && isWelcome(job, other))) {
            // Better a node that failed than none; one that is too small only where there is no larger one at all.
            job.nodes.stopAvoiding();
            if (farm.nodes.all().stream().noneMatch(other -> isWelcome(job, other))) {
                job.nodes.needsNoMemory();
            }
        } else {
            farm.loop.schedule(avoided, onForgiven);
        }
        if (source == FaultSource.NODE && failure.retryElsewhere()) {
            farm.health.failed(node, failure.message());
        } else if (source == FaultSource.DOUBTFUL && failure.retryElsewhere()) {
            if (job.nodes.isRenderedElsewhere(node)) {
                farm.health.failed(node, job.ledger.job(), failure.message());
            } else {
                job.nodes.mayBeFaultOf(node, failure);
            }
        }
    }

    private boolean isWelcome(ActiveJob job, NodeEntry node) {
        return couldServe(job, node) && !job.avoids(node, farm.nanos());
    }

    /** A frame is done: the job can be rendered, and those who failed it were at fault. */
    void rendered(OpenBatch batch) {
        ActiveJob job = batch.job;
        job.failures.forgetStartup();
        job.nodes
                .rendered(batch.node, batch.renderedBy())
                .forEach((node, failure) -> farm.health.failed(node, job.ledger.job(), failure.message()));
    }
}
