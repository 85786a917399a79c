package io.renderfleet.core.engine.node;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what happens to nodes: to the log, and to a listener, which does not hear of a node that never said who it is.
 *
 * @param loop whose time it is
 * @param listener hears of it
 */
record NodeNotices(Loop loop, Consumer<FarmNotice> listener) {
    private static final Logger log = LoggerFactory.getLogger(NodeNotices.class);

    /** It has not been up and cannot be; reported once for each cause. */
    void unusable(NodeEntry entry, String cause) {
        if (!cause.equals(entry.trouble())) {
            log.warn("node {} cannot be used: {}", entry.target().address(), cause);
        }
    }

    void up(NodeEntry entry) {
        log.info("node {} takes work", named(entry));
        tell(entry, (at, id) -> new FarmNotice.NodeUp(at, id, entry.target().address()));
    }

    void restarted(NodeEntry entry, String bootId) {
        tell(entry, (at, id) -> new FarmNotice.NodeRestarted(at, id, bootId));
    }

    void suspected(NodeEntry entry, String cause) {
        log.warn("node {} gets no new work until it answers: {}", named(entry), cause);
        tell(entry, (at, id) -> new FarmNotice.NodeSuspected(at, id, cause));
    }

    void lost(NodeEntry entry, String cause) {
        log.warn("node {} is lost, others get its batches: {}", named(entry), cause);
        tell(entry, (at, id) -> new FarmNotice.NodeLost(at, id, cause));
    }

    void draining(NodeEntry entry) {
        tell(entry, FarmNotice.NodeDraining::new);
    }

    void quarantined(NodeEntry entry, Duration time, String cause) {
        log.warn("node {} is left alone for {} s, since it fails: {}", named(entry), time.toSeconds(), cause);
        tell(entry, (at, id) -> new FarmNotice.NodeQuarantined(at, id, time, cause));
    }

    void left(NodeEntry entry) {
        tell(entry, FarmNotice.NodeLeft::new);
    }

    private static String named(NodeEntry entry) {
        return entry + " at " + entry.target().address();
    }

    private void tell(NodeEntry entry, BiFunction<Instant, NodeId, FarmNotice> notice) {
        NodeId id = entry.id();
        if (id != null) {
            listener.accept(notice.apply(loop.time().now(), id));
        }
    }
}
