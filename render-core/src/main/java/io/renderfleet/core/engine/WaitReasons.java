package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Waiting;
import io.renderfleet.core.model.Waiting.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says why frames of a job wait, from the conditions by which {@link Dispatcher} hands them out. Changes nothing. Belongs to the loop.
 *
 * <p>A node is counted once, under the first of the conditions that would have to change: what it is before how it stands, and how it stands
 * before what it does.
 */
final class WaitReasons {
    private final Farm farm;
    private final Dispatcher dispatcher;

    WaitReasons(Farm farm, Dispatcher dispatcher) {
        this.farm = farm;
        this.dispatcher = dispatcher;
    }

    /** Why frames of a job wait; null if none does, or the job is over. */
    @Nullable Waiting of(ActiveJob job) {
        WaitingFrames waiting = job.ledger.waiting();
        if (job.state().hasEnded() || job.waiting().isEmpty()) {
            return null;
        }
        List<Waiting.Cause> causes = new ArrayList<>();
        ofJob(job, causes);
        if (causes.isEmpty() && !waiting.isEmpty()) {
            ofNodes(job, causes);
        }
        ofResting(job, causes);
        return new Waiting(job.waiting().size(), causes);
    }

    private void ofJob(ActiveJob job, List<Waiting.Cause> causes) {
        RenderRequest request = job.ledger.request();
        if (farm.hasStoodDown()) {
            add(causes, Kind.FOLLOWING, "Another coordinator leads the farm.", "Ask the one that leads.");
            return;
        }
        if (job.hasEndedOrEnds()) {
            ending(causes);
            return;
        }
        Throwable trouble = farm.journal.trouble();
        if (trouble != null) {
            add(
                    causes,
                    Kind.STORE_DOWN,
                    "The job store does not take what happens: " + trouble.getMessage(),
                    "Bring the store back; the farm tries again by itself.");
        }
        if (!job.isCommitted()) {
            add(causes, Kind.BEING_STORED, "The job is being written down.", "The job store has to answer.");
        }
        if (job.ledger.isPaused()) {
            add(causes, Kind.PAUSED, "The job is paused.", "Resume it.");
        }
        if (job.isWaitingForOthers()) {
            add(
                    causes,
                    Kind.DEPENDENCY,
                    "The job comes after jobs that have not ended: " + unfinished(request.after()) + ".",
                    "They have to complete; if one fails or is cancelled, this job fails.");
        }
        if (job.ledger.openBatches().size() >= request.maxRunning()) {
            add(
                    causes,
                    Kind.LIMIT_REACHED,
                    job.ledger.openBatches().size() + " batches of it are out, and " + request.maxRunning()
                            + " may be.",
                    "One of them has to end, or the job be submitted with a larger limit.");
        }
        if (job.bake.holds()) {
            add(
                    causes,
                    Kind.BAKING,
                    "The simulations of the scene are being baked.",
                    "The node that bakes has to finish.");
        }
    }

    private static void ending(List<Waiting.Cause> causes) {
        add(
                causes,
                Kind.ENDING,
                "The job is about to end.",
                "What runs of it has to stop, and its end be written down.");
    }

    private String unfinished(Collection<JobId> jobs) {
        return jobs.stream()
                .filter(id -> {
                    ActiveJob other = farm.jobs.get(id);
                    return other != null && !other.ledger.state().hasEnded();
                })
                .map(JobId::value)
                .collect(Collectors.joining(", "));
    }

    private void ofResting(ActiveJob job, List<Waiting.Cause> causes) {
        int resting = job.ledger.waiting().resting().size();
        if (resting == 0) {
            return;
        }
        Long again = job.nextTry();
        if (again != null) {
            causes.add(new Waiting.Cause(
                    Kind.RETRY_LATER,
                    0,
                    moment(again - farm.nanos()),
                    "Frames have failed, and are tried again later.",
                    "The time has to pass."));
        }
        String others = unfinished(job.ledger.request().afterFrames());
        if (!others.isEmpty()) {
            add(
                    causes,
                    Kind.FRAME_DEPENDENCY,
                    "Up to " + resting + " frames come after the same frames of jobs that have not ended: " + others
                            + ".",
                    "Those frames have to be rendered.");
        }
        if (causes.isEmpty()) {
            add(causes, Kind.RETRY_LATER, "Frames are about to be tried again.", "The time has to pass.");
        }
    }

    private void ofNodes(ActiveJob job, List<Waiting.Cause> causes) {
        Map<NodeEntry, Kind> holders = holders(job);
        Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
        for (NodeEntry node : farm.nodes.all()) {
            if (counts(node)) {
                Reason reason = ofNode(job, node, holders);
                tallies.computeIfAbsent(reason.kind(), kind -> new Tally()).count(reason);
            }
        }
        if (tallies.isEmpty()) {
            add(causes, Kind.NO_NODES, "The farm has no node.", "Start a node, or have one register.");
        }
        tallies.forEach((kind, tally) -> causes.add(new Waiting.Cause(
                kind,
                tally.nodes,
                tally.soonest == null ? null : moment(tally.soonest),
                WaitTexts.message(job, kind, tally.nodes),
                WaitTexts.remedy(kind))));
    }

    /** Not what has left, nor a second address of a node. */
    private static boolean counts(NodeEntry node) {
        return node.state() != FarmNode.State.LEFT && node.state() != FarmNode.State.DUPLICATE;
    }

    /** Why a node gets nothing, and for how many nanoseconds more if that is known. */
    private record Reason(Kind kind, @Nullable Long nanos) {
        static Reason of(Kind kind) {
            return new Reason(kind, null);
        }
    }

    /** Nodes that stand under one cause. */
    private static final class Tally {
        private int nodes;
        private @Nullable Long soonest;

        private void count(Reason reason) {
            nodes++;
            Long nanos = reason.nanos();
            if (nanos != null && (soonest == null || nanos < soonest)) {
                soonest = nanos;
            }
        }
    }

    private Reason ofNode(ActiveJob job, NodeEntry node, Map<NodeEntry, Kind> holders) {
        Kind lacking = lacking(job, node);
        if (lacking != null) {
            return Reason.of(lacking);
        }
        long now = farm.nanos();
        switch (node.state()) {
            case UNKNOWN -> {
                return Reason.of(Kind.NOT_HEARD_YET);
            }
            case SUSPECT, DOWN, LEFT, DUPLICATE -> {
                return Reason.of(Kind.NOT_ANSWERING);
            }
            case DRAINING -> {
                return Reason.of(Kind.DRAINING);
            }
            case QUARANTINED -> {
                return new Reason(Kind.QUARANTINED, node.quarantinedFor(now));
            }
            case UP -> {}
        }
        Duration avoided = job.nodes.avoidedFor(node, now);
        if (!avoided.isZero()) {
            return new Reason(Kind.AVOIDED, avoided.toNanos());
        }
        if (!farm.slots.isFree(node)) {
            return ofBusy(node, holders);
        }
        return Reason.of(dispatcher.leavesToOthers(job, node) ? Kind.SCENE_ELSEWHERE : Kind.ABOUT_TO_BEGIN);
    }

    /** What a node lacks that time does not bring; null for nothing. */
    private static @Nullable Kind lacking(ActiveJob job, NodeEntry node) {
        if (!node.bearsLabelsOf(job.requirement)) {
            return Kind.LABEL_MISSING;
        }
        if (!node.satisfies(job.requirement)) {
            return Kind.RENDERER_MISSING;
        }
        if (job.nodes.isRefusedBy(node)) {
            return Kind.REFUSED;
        }
        if (job.nodes.isTooSmall(node)) {
            return Kind.TOO_LITTLE_MEMORY;
        }
        return job.bake.avoids(node) ? Kind.CANNOT_BAKE : null;
    }

    private Reason ofBusy(NodeEntry node, Map<NodeEntry, Kind> holders) {
        Duration closed = farm.slots.untilOpen(node);
        if (!closed.isZero()) {
            return new Reason(
                    farm.slots.isThrottled(node) ? Kind.THROTTLED : Kind.SLOTS_TAKEN_ELSEWHERE, closed.toNanos());
        }
        return Reason.of(holders.getOrDefault(node, Kind.SLOT_CLEARING));
    }

    /** Who has the slots of nodes: this job where it has all of them, a higher priority where one has. */
    private Map<NodeEntry, Kind> holders(ActiveJob job) {
        Map<NodeEntry, Kind> holders = new HashMap<>();
        for (ActiveJob other : farm.running) {
            Kind kind = kindOf(other, job);
            other.openBatches().forEach(batch -> holders.merge(batch.node, kind, WaitReasons::first));
        }
        return holders;
    }

    private static Kind kindOf(ActiveJob holder, ActiveJob job) {
        if (holder == job) {
            return Kind.THIS_JOB;
        }
        return holder.ledger.priority() > job.ledger.priority() ? Kind.HIGHER_PRIORITY : Kind.OTHER_JOBS;
    }

    private static Kind first(Kind one, Kind other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private Instant moment(long nanosFromNow) {
        return farm.now().plusNanos(Math.max(0, nanosFromNow));
    }

    private static void add(List<Waiting.Cause> causes, Kind kind, String message, String remedy) {
        causes.add(new Waiting.Cause(kind, 0, null, message, remedy));
    }
}
