package io.renderfleet.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that a node remembers. Thread-safe.
 *
 * <p>Bounded: an ended job is forgotten once its time is over, and only then, since its idempotency key must be known until then.
 */
final class JobTable {
    private static final int LONGEST_PID = 18;

    private final int limit;
    private final Duration retention;
    private final Map<String, Entry> byId = new ConcurrentHashMap<>();
    private final Map<Long, Entry> byPid = new ConcurrentHashMap<>();
    private final Map<String, Entry> byKey = new ConcurrentHashMap<>();
    private final Queue<Entry> ended = new ArrayDeque<>();

    /** A job, where its frames are, and its run as long as that lasts. */
    static final class Entry {
        private final NodeJob job;
        private final @Nullable JobFiles files;
        private volatile @Nullable JobRun run;

        Entry(NodeJob job, @Nullable JobFiles files, @Nullable JobRun run) {
            this.job = job;
            this.files = files;
            this.run = run;
        }

        NodeJob job() {
            return job;
        }

        /** Null on a node that keeps no files. */
        @Nullable JobFiles files() {
            return files;
        }

        /** Null once it is over. */
        @Nullable JobRun run() {
            return run;
        }
    }

    JobTable(int limit, Duration retention) {
        this.limit = limit;
        this.retention = retention;
    }

    int limit() {
        return limit;
    }

    /** Whether there is room for one more, once those whose time is over are forgotten. */
    boolean hasRoom(Instant now) {
        if (byId.size() >= limit) {
            forget(now);
        }
        return byId.size() < limit;
    }

    void add(Entry entry) {
        NodeJob job = entry.job();
        byId.put(job.id(), entry);
        byPid.put(job.pid(), entry);
        String key = job.context().key();
        if (key != null) {
            byKey.put(key, entry);
        }
        if (entry.run() == null) {
            queue(entry);
        }
    }

    Optional<Entry> byKey(@Nullable String key) {
        return key == null ? Optional.empty() : Optional.ofNullable(byKey.get(key));
    }

    /** Finds a job by id or pid. */
    Optional<Entry> find(String idOrPid) {
        Entry entry = byId.get(idOrPid);
        if (entry == null && isPid(idOrPid)) {
            entry = byPid.get(Long.parseLong(idOrPid));
        }
        return Optional.ofNullable(entry);
    }

    private static boolean isPid(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_PID && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    void ended(String id) {
        Entry entry = byId.get(id);
        if (entry != null) {
            entry.run = null;
            queue(entry);
        }
    }

    private void queue(Entry entry) {
        synchronized (ended) {
            ended.add(entry);
        }
    }

    /** Forgets the jobs that ended long enough ago, with all their files but published frames. */
    void forget(Instant now) {
        List<Entry> over = new ArrayList<>();
        synchronized (ended) {
            for (Entry oldest = ended.peek(); oldest != null && isOver(oldest, now); oldest = ended.peek()) {
                over.add(ended.remove());
            }
        }
        for (Entry entry : over) {
            NodeJob job = entry.job();
            byId.remove(job.id(), entry);
            byPid.remove(job.pid(), entry);
            String key = job.context().key();
            if (key != null) {
                byKey.remove(key, entry);
            }
            if (entry.files() != null) {
                entry.files().discard();
            }
        }
    }

    private boolean isOver(Entry entry, Instant now) {
        Instant endedAt = entry.job().endedAt();
        return endedAt != null && !endedAt.plus(retention).isAfter(now);
    }
}
