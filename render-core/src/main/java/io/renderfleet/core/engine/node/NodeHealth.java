package io.renderfleet.core.engine.node;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.policy.HealthPolicy;
import io.renderfleet.core.spi.Target;
import java.time.Duration;

/**
 * What becomes of a node by what is heard of it: one that does not answer is suspect and then down, one that fails batch after batch by its
 * own fault is left alone for a while. Belongs to the loop; every call to a node reports here.
 */
public final class NodeHealth {
    private final Loop loop;
    private final HealthPolicy policy;
    private final NodeSlots slots;
    private final Prober prober;
    private final NodeNotices notices;

    NodeHealth(Loop loop, HealthPolicy policy, NodeSlots slots, Prober prober, NodeNotices notices) {
        this.loop = loop;
        this.policy = policy;
        this.slots = slots;
        this.prober = prober;
        this.notices = notices;
    }

    /**
     * The node answered something sensible.
     *
     * @param entry the node
     */
    public void answered(NodeEntry entry) {
        entry.contact.seen(loop.time());
        entry.contact.holdsNothing();
        if (entry.state() == FarmNode.State.SUSPECT || entry.state() == FarmNode.State.DOWN) {
            prober.ask(entry);
        }
    }

    /**
     * The node was asked to hold an answer: that it is silent until then says nothing, unless it is so for too long.
     *
     * @param entry the node
     * @param hold for how long at most
     */
    public void holds(NodeEntry entry, Duration hold) {
        entry.contact.holds(loop.time().nanos() + hold.toNanos());
    }

    /**
     * The node did not answer.
     *
     * @param entry the node
     * @param cause what went wrong
     */
    public void missed(NodeEntry entry, String cause) {
        if (entry.state() == FarmNode.State.UNKNOWN) {
            notices.unusable(entry, cause);
        }
        entry.trouble(cause);
        long outOfReach = entry.contact.missed(loop.time().nanos());
        if (entry.state() == FarmNode.State.UP || entry.state() == FarmNode.State.DRAINING) {
            slots.setState(entry, FarmNode.State.SUSPECT);
            notices.suspected(entry, cause);
            prober.askSoon(entry);
        } else if (entry.state() == FarmNode.State.SUSPECT
                && outOfReach >= policy.lostAfter().toNanos()) {
            slots.setState(entry, FarmNode.State.DOWN);
            notices.lost(entry, cause);
        }
    }

    /**
     * The node takes no more work.
     *
     * @param entry the node
     */
    public void draining(NodeEntry entry) {
        if (entry.state() == FarmNode.State.UP) {
            slots.setState(entry, FarmNode.State.DRAINING);
            notices.draining(entry);
        }
    }

    /**
     * The node did well.
     *
     * @param entry the node
     */
    public void succeeded(NodeEntry entry) {
        entry.failures.succeeded();
        entry.trouble(null);
        slots.refresh(entry);
    }

    /**
     * The node does not know a batch that it took.
     *
     * @param entry who
     * @param takenNanos when it was handed the batch
     * @return whether it has said so of several batches by now, each of which it took after the one before was gone
     */
    public boolean forgot(NodeEntry entry, long takenNanos) {
        return !(entry.target() instanceof Target.Pool)
                && entry.failures.forgot(takenNanos, loop.time().nanos());
    }

    /**
     * The node failed a batch of a job that others can render. However often it does so, that counts once for each job: a job that one
     * node cannot render takes no node from other jobs.
     *
     * @param entry the node
     * @param job the job
     * @param cause what went wrong
     */
    public void failed(NodeEntry entry, JobId job, String cause) {
        if (entry.failures.counts(job)) {
            failed(entry, cause);
        }
    }

    /**
     * The node failed a batch by its own fault, whatever the job.
     *
     * @param entry the node
     * @param cause what went wrong
     */
    public void failed(NodeEntry entry, String cause) {
        entry.trouble(cause);
        if (entry.target() instanceof Target.Pool) {
            // A worker behind the pool failed, and the pool picks another one next time.
            return;
        }
        if (entry.failures.failed(policy)) {
            quarantine(entry, cause);
        }
    }

    private void quarantine(NodeEntry entry, String cause) {
        Duration time = entry.failures.quarantine(policy, loop.time().nanos());
        if (entry.state() == FarmNode.State.UP) {
            slots.setState(entry, FarmNode.State.QUARANTINED);
        }
        notices.quarantined(entry, time, cause);
    }
}
