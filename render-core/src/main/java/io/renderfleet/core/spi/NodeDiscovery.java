package io.renderfleet.core.spi;

import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the nodes of a farm.
 *
 * <p>Delivers whole snapshots, never differences. An error keeps the last snapshot, however long it lasts; an answer that names nobody is
 * believed, and empties the list. A target that disappears gets no new work but is still tracked until its batches have ended.
 */
public interface NodeDiscovery extends AutoCloseable {

    /**
     * Starts to look. Called once, on the thread that builds the executor, so it must return soon. An exception ends that build.
     *
     * @param snapshots takes every new set of targets; the same set again changes nothing; callable from any thread, returns at once
     */
    void start(Consumer<Set<Target>> snapshots);

    /** Stops; no snapshot comes afterwards. Can be called twice. */
    @Override
    void close();
}
