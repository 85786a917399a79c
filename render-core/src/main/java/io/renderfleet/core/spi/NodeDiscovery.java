package io.renderfleet.core.spi;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the nodes of a farm.
 *
 * <p>Delivers whole snapshots, never differences. An error keeps the last snapshot, however long it lasts; an answer that names nobody is
 * believed, and empties the list. A target that disappears gets no new work but is still tracked until its batches have ended.
 * {@code toString} says where it looks, without secrets.
 */
public interface NodeDiscovery extends AutoCloseable {

    /**
     * Starts to look. Called once, on the thread that builds the executor, so it must return soon. An exception ends that build.
     *
     * @param snapshots takes every new set of targets; the same set again changes nothing; callable from any thread, returns at once
     */
    void start(Consumer<Set<Target>> snapshots);

    /**
     * Says why the outside system cannot be read now, for whoever looks at the farm. Callable from any thread, returns at once.
     *
     * @return a sentence without secrets, or empty while it can be read; the default, for kinds that cannot tell, is always empty
     */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /** Stops; no snapshot comes afterwards. Can be called twice. */
    @Override
    void close();
}
