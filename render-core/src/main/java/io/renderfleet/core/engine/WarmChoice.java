package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.loop.LoopTimer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which job a node with a free slot gets: the one that is next by fair share, unless another one whose scene the node has loaded is hardly
 * behind it, so that nodes load as few scenes as can be. Belongs to the loop.
 *
 * <p>A node that has to load a scene in any case loads the one that it will need for longest, again of those that are hardly behind. And it
 * loads none of which the nodes that have it loaded will have rendered everything by then.
 */
final class WarmChoice {
    /** How many times what it takes to load a scene a job may fall behind: then loading takes a twentieth of the node's time. */
    private static final double LOADS = 10;

    private final Farm farm;
    private final Runnable wake;
    private @Nullable LoopTimer nextLook;
    private long nextLookAt;

    /**
     * Makes the choice.
     *
     * @param wake looks for work for free slots again
     */
    WarmChoice(Farm farm, Runnable wake) {
        this.farm = farm;
        this.wake = wake;
    }

    /** The job for a node; null if nothing that waits suits it. */
    @Nullable ActiveJob next(NodeEntry node) {
        long now = farm.nanos();
        ActiveJob fair = farm.queue.next(node, now, job -> pays(job, node, now));
        if (fair == null) {
            // Nothing else is to be done here.
            return farm.queue.next(node, now, job -> isInTime(job, node, 1, now));
        }
        if (node.hasLoaded(fair.scene(), now)) {
            return fair;
        }
        ActiveJob warm = farm.queue.nextOf(node.loadedScenes(now), node, now);
        return warm != null && mayGoOn(warm, fair, node, now) ? warm : longest(fair, node, now);
    }

    /** A node that has to load a scene loads the one that it will need for longest, of those that are hardly behind. */
    private ActiveJob longest(ActiveJob fair, NodeEntry node, long now) {
        if (fair.load.seconds() == null) {
            return fair;
        }
        ActiveJob best = fair;
        double bestLeft = secondsLeft(fair);
        for (ActiveJob job : farm.queue.first(node, now)) {
            double left = secondsLeft(job);
            if (left > bestLeft && pays(job, node, now) && mayGoOn(job, fair, node, now)) {
                best = job;
                bestLeft = left;
            }
        }
        return best;
    }

    /** How long the slots that the job holds need for it. */
    private static double secondsLeft(ActiveJob job) {
        double rate = job.place.account().rate();
        return rate <= 0 ? Double.POSITIVE_INFINITY : job.framesLeft() * job.pace.secondsPerFrame() / rate;
    }

    /** The job for a node that need not load its scene; null if there is none, or another one is to have the slot. */
    @Nullable ActiveJob nextWarm(NodeEntry node) {
        long now = farm.nanos();
        if (node.loadedScenes(now).isEmpty()) {
            return null;
        }
        ActiveJob job = next(node);
        if (job == null || !node.hasLoaded(job.scene(), now)) {
            return null;
        }
        return isBetterCold(job, node, now) ? null : job;
    }

    /** Whether a node goes on with a job although another one is next. */
    private boolean mayGoOn(ActiveJob warm, ActiveJob fair, NodeEntry node, long now) {
        if (QueuePlace.byPriority(warm.place, fair.place.priority()) > 0) {
            return false;
        }
        double speed = farm.slots.totalSpeed();
        boolean owed = farm.queue.isOwed(fair, warm, node.speed().factor(), speed);
        return !owed && farm.queue.lead(warm, fair, now) <= tolerance(fair);
    }

    private double tolerance(ActiveJob job) {
        double most = farm.config.shares().warmTolerance().toNanos() / 1e9;
        Double load = job.load.seconds();
        return load == null ? most : Math.min(most, LOADS * load);
    }

    /** Whether the node needs the scene for at least as long as it takes to load it. */
    boolean pays(ActiveJob job, NodeEntry node, long now) {
        return isInTime(job, node, 2, now);
    }

    /**
     * Whether the nodes that work on the job already need longer for it than the node does to begin. If they take nothing of it for as long as
     * the node would need, they are not waited for any longer.
     *
     * @param loads how many times what loading takes they must need at least
     */
    private boolean isInTime(ActiveJob job, NodeEntry node, int loads, long now) {
        Duration patience = patience(job, node, loads, now);
        if (patience == null) {
            return true;
        }
        long more = job.load.leftToOthers(now) + patience.toNanos() - now;
        if (more > 0) {
            lookAgainIn(more, now);
        }
        return more <= 0;
    }

    /** Times change with what is measured, so each look plans the next one anew. */
    private void lookAgainIn(long nanos, long now) {
        if (nextLook != null && nextLookAt - now - nanos <= 0) {
            return;
        }
        if (nextLook != null) {
            nextLook.cancel();
        }
        nextLookAt = now + nanos;
        nextLook = farm.loop.schedule(Duration.ofNanos(nanos), () -> {
            nextLook = null;
            wake.run();
        });
    }

    /** Whether a free node has been left without work, which it gets as soon as what is known of jobs and nodes says so. */
    boolean hasLeftNodes() {
        return nextLook != null;
    }

    /** How long the nodes that work on the job may take nothing of it before the node begins; null if it need not wait for that. */
    private static @Nullable Duration patience(ActiveJob job, NodeEntry node, int loads, long now) {
        Double load = job.load.seconds();
        double frame = job.pace.secondsPerFrame();
        if (load == null || frame <= 0 || node.hasLoaded(job.scene(), now)) {
            return null;
        }
        boolean begins = secondsLeft(job) > loads * load + frame / node.speed().factor();
        return begins ? null : Duration.ofNanos((long) (load * 1e9));
    }

    /** Whether a free node that nothing else waits for leaves a job to the nodes that work on it. */
    boolean leavesToOthers(ActiveJob job, NodeEntry node, long now) {
        Duration patience = patience(job, node, 1, now);
        return patience != null && !job.load.hasWaitedFor(patience, now);
    }

    /** Whether another free node would be done with a frame sooner although it has to load the scene. */
    private boolean isBetterCold(ActiveJob job, NodeEntry node, long now) {
        NodeEntry fastest = farm.slots.firstFree(farm.queue.sorts());
        Double load = job.load.seconds();
        double frame = job.pace.secondsPerFrame();
        if (fastest == null || fastest == node || load == null || frame <= 0) {
            return false;
        }
        return !job.avoids(fastest, now)
                && fastest.satisfies(job.requirement)
                && load + frame / fastest.speed().factor()
                        < frame / node.speed().factor();
    }
}
