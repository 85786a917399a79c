package io.renderfleet.core.spi;

import io.renderfleet.core.event.JobTransition;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Where the transitions of jobs are kept, so that what was acknowledged survives.
 *
 * <p>Used by one coordinator at a time, in this order: {@link #open}, then appends, then {@link #close()}. Stages complete
 * exceptionally with {@link StoreException} only: {@link StoreFencedException} if another coordinator has taken over, which is final;
 * otherwise the same append is tried again. Thread-safe; calls return at once.
 */
public interface JobStore extends AutoCloseable {

    /**
     * Takes the store over as its one coordinator.
     *
     * @param history takes every transition that the store has kept, one at a time, in the order of the appends, all before the stage
     *     completes: the history of a job of a million frames would not fit into memory at once. Called on any one thread
     * @return the farm's id and this coordinator's epoch
     */
    CompletionStage<StoreOpening> open(Consumer<JobTransition> history);

    /**
     * Keeps transitions. Completed once they are durable. Appends commit in the order of the calls; several may be under way, and an
     * implementation commits all that are queued at once.
     *
     * <p>If one fails, so do those that are under way behind it.
     *
     * @param position counts all transitions of this opening from 0; those at positions that are kept already are skipped, so that
     *     an append whose outcome is unknown can be made again
     * @param transitions at least one
     * @return completed after the commit
     */
    CompletionStage<Void> append(long position, List<JobTransition> transitions);

    /**
     * Sets an action that the store runs once, when it finds out by itself that another coordinator has taken over. A store that finds that
     * out only when an append fails never runs it.
     *
     * @param action called on a thread of the store's own; returns at once
     */
    default void onFenced(Runnable action) {}

    /**
     * Returns the small values of one part of the software, such as {@code node-keys}; each part has names of its own. Reading works
     * before {@link #open}, too.
     *
     * @param part 1 to 40 small letters, digits and hyphens
     * @return the same values for the same part
     */
    StoredValues values(String part);

    /** Writes what is queued, then frees what is held. Can be called twice. */
    @Override
    void close();
}
