package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.node.time.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes events to all listeners of a node. A failure of one disturbs neither the others nor the node. Thread-safe. */
final class NodeListeners implements NodeListener {
    private static final Logger log = LoggerFactory.getLogger(NodeListeners.class);

    private final List<NodeListener> all = new CopyOnWriteArrayList<>();

    Registration add(NodeListener listener) {
        all.add(listener);
        return () -> all.remove(listener);
    }

    @Override
    public void jobTaken(NodeJobView job) {
        tell(listener -> listener.jobTaken(job));
    }

    @Override
    public void frameFinished(NodeJobView job, int frame, Duration renderTime) {
        tell(listener -> listener.frameFinished(job, frame, renderTime));
    }

    @Override
    public void frameFailed(NodeJobView job, Failure failure) {
        tell(listener -> listener.frameFailed(job, failure));
    }

    @Override
    public void jobEnded(NodeJobView job) {
        tell(listener -> listener.jobEnded(job));
    }

    private void tell(Consumer<NodeListener> what) {
        for (NodeListener listener : all) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                log.error("A listener of the node failed", e);
            }
        }
    }
}
