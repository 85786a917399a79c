package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.spi.ContentLease;
import org.jspecify.annotations.Nullable;

/**
 * What is planned about the simulations of a job whose scene is not baked; {@link SceneBaker} decides. Belongs to the loop.
 *
 * <p>Where a bake is ordered, one batch goes out to a node that bakes, and nothing else of the job until the baked scene is here, or it is
 * known that there will be none.
 */
final class BakePlan {
    private static final int MOST_TRIES = 3;

    private enum Stage {
        /** Batches go out as they are. */
        WAIVED,
        /** The same, until a node has reported what the simulation costs. */
        UNDECIDED,
        /** A node bakes before anything else is rendered. */
        ORDERED,
        /** A node has baked, and what it has baked is on its way into the store. */
        FETCHING,
        /** It was baked before: what nodes are to get is about to be looked for in the store. */
        LOOKED_FOR,
        /** It is here. */
        DONE
    }

    private final ActiveJob job;
    private Stage stage = Stage.WAIVED;
    private int tries;
    private @Nullable ContentLease lease;

    BakePlan(ActiveJob job) {
        this.job = job;
    }

    void leaveOpen() {
        stage = Stage.UNDECIDED;
    }

    void order() {
        stage = Stage.ORDERED;
    }

    void waive() {
        stage = Stage.WAIVED;
    }

    void fetch() {
        stage = Stage.FETCHING;
    }

    void lookFor() {
        stage = Stage.LOOKED_FOR;
    }

    /** The baked scene is here, and stays as long as the job does. */
    void done(ContentLease kept) {
        release();
        lease = kept;
        stage = Stage.DONE;
    }

    /** The baked scene is no longer here. */
    void lost() {
        release();
        stage = Stage.WAIVED;
    }

    /** The job has ended. */
    void release() {
        if (lease != null) {
            lease.close();
            lease = null;
        }
    }

    boolean isOpen() {
        return stage == Stage.UNDECIDED;
    }

    boolean isOrdered() {
        return stage == Stage.ORDERED;
    }

    @Nullable ContentLease lease() {
        return lease;
    }

    /** Whether what a batch's node finds in the scene is to be heard before the batch ends. */
    boolean wantsReportOf(OpenBatch batch) {
        boolean baker = isOrdered() && batch.record.scene() == SceneUse.TO_BAKE;
        return baker || (isOpen() && batch.node.can(Capability.BAKE));
    }

    /** Whether nothing of the job may go out now. */
    boolean holds() {
        return stage == Stage.LOOKED_FOR || stage == Stage.FETCHING || (isOrdered() && isBeingBaked());
    }

    /** Whether the next batch is one that bakes. */
    boolean wantsBaker() {
        return isOrdered() && tries < MOST_TRIES && !isBeingBaked();
    }

    /** Whether the next batch cannot go to a node. */
    boolean avoids(NodeEntry node) {
        return wantsBaker() && !node.can(Capability.BAKE);
    }

    /** Which form of the scene the next batch of frames gets on a node. */
    SceneUse next(NodeEntry node) {
        if (wantsBaker()) {
            tries++;
            return SceneUse.TO_BAKE;
        }
        return second(node);
    }

    /** Which form a frame gets that is rendered a second time. */
    SceneUse second(NodeEntry node) {
        return lease != null && isReadableBy(node) ? SceneUse.BAKED : SceneUse.AS_SENT;
    }

    /** Whether a batch that bakes has not ended on its node. */
    boolean isBeingBaked() {
        return job.ledger.openBatches().stream()
                .filter(record -> record.scene() == SceneUse.TO_BAKE)
                .map(record -> job.openBatch(record.id()))
                .anyMatch(batch -> batch == null || batch.watch.end() == null);
    }

    /** What an older renderer than the one that saved the scene makes of it nobody knows. */
    private boolean isReadableBy(NodeEntry node) {
        BakedScene baked = job.ledger.baked();
        return baked != null
                && node.engines().stream()
                        .anyMatch(engine -> engine.name().equals(baked.engine().name())
                                && !baked.engine().isNewerThan(engine));
    }
}
