package io.renderfleet.transport.queue.wire;

import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.transport.http.wire.NodeInfo;
import io.renderfleet.transport.http.wire.Wire;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A worker says who it is: when it starts, every few seconds, and when it leaves.
 *
 * @param node what it is
 * @param leaving whether it is about to end
 */
public record Presence(@Nullable NodeInfo node, @Nullable Boolean leaving) {

    /**
     * Writes what a worker is.
     *
     * @param node the worker
     * @param leaving whether it is about to end
     * @return JSON in UTF-8
     */
    public static byte[] write(NodeDescription node, boolean leaving) {
        return Wire.write(new Presence(NodeInfo.of(node), leaving));
    }

    /**
     * Reads one.
     *
     * @param message as it came
     * @return empty if it is none
     */
    public static Optional<Presence> read(byte[] message) {
        return Wire.readAnswer(message, Presence.class).filter(read -> read.node != null);
    }

    /**
     * Returns the worker.
     *
     * @return what it says of itself; empty if that makes no sense
     */
    public Optional<NodeDescription> worker() {
        try {
            return Optional.ofNullable(node).map(NodeInfo::toDescription);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns whether it leaves.
     *
     * @return true if it is about to end
     */
    public boolean leaves() {
        return leaving != null && leaving;
    }
}
