package io.renderfleet.core.engine;

import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchAttempt;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobHistory;
import io.renderfleet.core.spi.RemoteJob;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a job that have ended; of many, the last ones, and how many there were before. All jobs share what is kept in the
 * {@link Shelf}, so that many jobs of many small batches do not fill the heap. Belongs to the loop.
 */
final class BatchHistory {
    private static final int KEPT = 1_000;

    /** Batch ids are decimal numbers without leading zeros: the shorter is the smaller. */
    private static final Comparator<BatchId> BY_NUMBER =
            Comparator.<BatchId>comparingInt(id -> id.value().length()).thenComparing(BatchId::value);

    private final Shelf shelf;
    private final Deque<BatchAttempt> ended = new ArrayDeque<>();
    private final Map<BatchId, RemoteJob> remotes = new LinkedHashMap<>();
    private JobHistory.Folded folded = JobHistory.Folded.NONE;

    BatchHistory(Shelf shelf) {
        this.shelf = shelf;
    }

    /** How many ended batches all jobs together keep: of more, those that ended first are dropped, whichever job had them. */
    static final class Shelf {
        private final int room;
        private final Set<BatchHistory> oldestFirst = new LinkedHashSet<>();
        private int kept;

        Shelf(int room) {
            this.room = room;
        }

        private void added(BatchHistory to) {
            kept++;
            // The job whose batch ended just now comes last: a job that goes on keeps its batches before one that does
            // not.
            oldestFirst.remove(to);
            oldestFirst.add(to);
            while (kept > room) {
                BatchHistory oldest = oldestFirst.iterator().next();
                oldest.dropFirst();
                if (oldest.ended.isEmpty()) {
                    oldestFirst.remove(oldest);
                }
            }
        }
    }

    /** The job is forgotten. */
    void forget() {
        shelf.kept -= ended.size();
        shelf.oldestFirst.remove(this);
        ended.clear();
        remotes.clear();
    }

    private void dropFirst() {
        BatchAttempt first = ended.removeFirst();
        remotes.remove(first.batch().id());
        folded = folded.and(first);
        shelf.kept--;
    }

    /** Adds an attempt that has ended. */
    void add(BatchAttempt attempt, @Nullable RemoteJob remote) {
        if (remote != null) {
            remotes.put(attempt.batch().id(), remote);
        }
        ended.addLast(attempt);
        shelf.added(this);
        if (ended.size() > KEPT) {
            dropFirst();
        }
    }

    @Nullable RemoteJob remoteOf(BatchId batch) {
        return remotes.get(batch);
    }

    /** The last attempts, those that still run among them, in the order in which they were made. */
    List<BatchAttempt> with(Collection<BatchAttempt> running) {
        return last(ended.stream(), running.stream(), attempt -> attempt.batch().id());
    }

    /** The batches of the last attempts, those that still run among them, in the same order. */
    List<Batch> batches(Collection<Batch> running) {
        return last(ended.stream().map(BatchAttempt::batch), running.stream(), Batch::id);
    }

    private static <T> List<T> last(Stream<T> ended, Stream<T> running, Function<T, BatchId> id) {
        List<T> all = Stream.concat(ended, running)
                .sorted(Comparator.comparing(id, BY_NUMBER))
                .toList();
        return all.subList(Math.max(0, all.size() - KEPT), all.size());
    }

    /** The attempts that are counted only. */
    JobHistory.Folded folded() {
        return folded;
    }
}
