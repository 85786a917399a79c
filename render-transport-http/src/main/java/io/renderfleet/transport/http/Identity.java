package io.renderfleet.transport.http;

import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.Target;
import java.util.Optional;

/** Distinguishes answers of the node that took a job from those of others at the same address. */
final class Identity {
    private Identity() {}

    /** Says why an answer is another's; empty if it may be the node's own. */
    static Optional<String> misrouted(RemoteJob remote, Reply.Answer answer) {
        NodeId expected = remote.node();
        if (expected == null || !(remote.target() instanceof Target.Machine)) {
            return Optional.empty();
        }
        NodeId actual = answer.nodeId();
        if (expected.equals(actual)) {
            return Optional.empty();
        }
        if (actual != null) {
            return Optional.of("node " + actual + " answered in place of " + expected);
        }
        // A proxy may say 502 or 429 in the node's name, but only the node itself knows the state of a job.
        return answer.status() < 400 || answer.status() == 404 || answer.status() == 410
                ? Optional.of("somebody without a node id answered in place of " + expected)
                : Optional.empty();
    }
}
