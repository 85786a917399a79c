package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job of which something has failed and no frame is done yet: since when, which nodes say so, and what they say. It
 * ends with the first frame that is done, which shows that the job can be rendered. Belongs to the loop.
 */
final class StartupFailures {
    private static final int WORKERS_OF_A_POOL = 2;
    private static final int FAILURES_OF_A_POOL = 9;
    private static final int BEFORE_FAR_FRAME = 2;

    private final long since;
    private final Map<NodeEntry, Integer> failuresOn = new HashMap<>();
    private final Map<NodeEntry, Set<NodeId>> witnessesBehind = new HashMap<>();
    private final Set<NodeId> witnesses = new HashSet<>();
    private int failures;
    private @Nullable Failure telling;
    private @Nullable Integer farFrame;
    private final Set<Integer> culprits = new HashSet<>();
    private boolean batchesFailed;

    StartupFailures(long nowNanos) {
        since = nowNanos;
    }

    /** When the first answer came that something is wrong. */
    long since() {
        return since;
    }

    /** A batch has failed. A fault of the job says more than one that may be of the node. */
    void failed(NodeEntry on, NodeId by, FrameSet missing, Failure failure) {
        failures++;
        witnesses.add(by);
        failuresOn.merge(on, 1, Integer::sum);
        witnessesBehind.computeIfAbsent(on, node -> new HashSet<>()).add(by);
        Integer culprit = BatchLedger.culprit(failure, missing);
        if (culprit == null) {
            batchesFailed = true;
        } else {
            culprits.add(culprit);
        }
        refused(failure);
    }

    /** A node will not even try. */
    void refused(Failure failure) {
        boolean tellsMore = telling == null || isOfTheJob(failure) || !isOfTheJob(telling);
        telling = tellsMore ? failure : telling;
    }

    private static boolean isOfTheJob(Failure failure) {
        return FaultSource.of(failure.kind()).isOfTheJob();
    }

    int failures() {
        return failures;
    }

    /** How many different nodes have failed it. */
    int witnesses() {
        return witnesses.size();
    }

    /** Whether a target has had its say. Behind a pool stand several, which it need not name. */
    boolean isKnownOf(NodeEntry node) {
        int times = failuresOn.getOrDefault(node, 0);
        return node.target() instanceof Target.Pool
                ? times >= FAILURES_OF_A_POOL
                        || witnessesBehind.getOrDefault(node, Set.of()).size() >= WORKERS_OF_A_POOL
                : times > 0;
    }

    /** The failure that says most about what is wrong; null before anything failed. */
    @Nullable Failure telling() {
        return telling;
    }

    /** Whether a frame from the other end should be tried, to see whether the first ones alone are at fault. */
    boolean wantsFarFrame() {
        return failures >= BEFORE_FAR_FRAME && !hasFarFrameFailed();
    }

    void triesFarFrame(int frame) {
        farFrame = frame;
    }

    @Nullable Integer farFrame() {
        return farFrame;
    }

    /** Whether frames from both ends have failed, rather than the same one again and again. */
    boolean isEverywhere() {
        return hasFarFrameFailed() && (batchesFailed || culprits.size() > 1);
    }

    private boolean hasFarFrameFailed() {
        return farFrame != null && culprits.contains(farFrame);
    }
}
