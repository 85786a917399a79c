package io.renderfleet.core.engine;

import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.spi.RemoteJob;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The batches of a job that have ended; of many, the last ones. Belongs to the loop. */
final class BatchHistory {
    private static final int KEPT = 1_000;

    /** Batch ids are decimal numbers without leading zeros: the shorter is the smaller. */
    private static final Comparator<Batch> BY_NUMBER = Comparator.<Batch>comparingInt(
                    batch -> batch.id().value().length())
            .thenComparing(batch -> batch.id().value());

    private final Deque<Batch> ended = new ArrayDeque<>();
    private final Map<BatchId, RemoteJob> remotes = new LinkedHashMap<>();

    /** Adds a batch that has ended. */
    void add(Batch batch, @Nullable RemoteJob remote) {
        if (remote != null) {
            remotes.put(batch.id(), remote);
            if (remotes.size() > KEPT) {
                remotes.remove(remotes.keySet().iterator().next());
            }
        }
        ended.addLast(batch);
        if (ended.size() > KEPT) {
            ended.removeFirst();
        }
    }

    @Nullable RemoteJob remoteOf(BatchId batch) {
        return remotes.get(batch);
    }

    /** The last batches, those that still run among them, in the order in which they were made. */
    List<Batch> with(Collection<Batch> running) {
        List<Batch> all = new ArrayList<>(ended);
        all.addAll(running);
        all.sort(BY_NUMBER);
        return all.subList(Math.max(0, all.size() - KEPT), all.size());
    }
}
