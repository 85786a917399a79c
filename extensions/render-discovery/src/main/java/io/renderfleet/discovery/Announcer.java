package io.renderfleet.discovery;

import java.net.URI;
import java.util.Map;

/** Announces nodes in a place where orchestrators find them. Thread-safe. */
@FunctionalInterface
public interface Announcer {
    /**
     * Announces a node from now on. That the place cannot be reached yet is no error, but is in the log; it is tried again.
     *
     * @param id of the node
     * @param address where orchestrators call it, such as {@code http://node-1:3000}
     * @param labels by which discoveries can choose, at most 32
     * @return what takes it away again
     * @throws IllegalArgumentException if one of them cannot be announced there, in one sentence
     */
    Announcement announce(String id, URI address, Map<String, String> labels);

    /** A node that is announced until this is closed. Thread-safe. */
    interface Announcement extends AutoCloseable {
        /** Takes the node away, within 10 seconds; where the place cannot be reached, it goes by itself some time later. Can be called twice. */
        @Override
        void close();
    }
}
