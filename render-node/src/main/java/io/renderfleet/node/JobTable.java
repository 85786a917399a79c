package io.renderfleet.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that a node remembers. Thread-safe.
 *
 * <p>Bounded: an ended job can be forgotten once its time is over, and only then, since its idempotency key must be known until then.
 */
final class JobTable {
    private final int limit;
    private final Duration retention;
    private final Map<String, Entry> byId = new ConcurrentHashMap<>();
    private final Map<Long, Entry> byPid = new ConcurrentHashMap<>();
    private final Map<String, Entry> byKey = new ConcurrentHashMap<>();
    private final Queue<Entry> ended = new ArrayDeque<>();

    /** A job and where its frames are. */
    record Entry(NodeJob job, Outputs outputs, @Nullable JobRun run) {}

    JobTable(int limit, Duration retention) {
        this.limit = limit;
        this.retention = retention;
    }

    int limit() {
        return limit;
    }

    /** Whether there is room for one more, once those that may be forgotten are. */
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
    }

    Optional<Entry> byKey(@Nullable String key) {
        return key == null ? Optional.empty() : Optional.ofNullable(byKey.get(key));
    }

    /** Finds a job by id or pid. */
    Optional<Entry> find(String idOrPid) {
        Entry entry = byId.get(idOrPid);
        if (entry == null
                && idOrPid.length() <= 18
                && idOrPid.chars().allMatch(c -> c >= '0' && c <= '9')
                && !idOrPid.isEmpty()) {
            entry = byPid.get(Long.parseLong(idOrPid));
        }
        return Optional.ofNullable(entry);
    }

    void ended(Entry entry) {
        synchronized (ended) {
            ended.add(entry);
        }
    }

    private void forget(Instant now) {
        synchronized (ended) {
            for (Entry oldest = ended.peek(); oldest != null && isOver(oldest, now); oldest = ended.peek()) {
                ended.remove();
                byId.remove(oldest.job().id());
                byPid.remove(oldest.job().pid());
                String key = oldest.job().context().key();
                if (key != null) {
                    byKey.remove(key);
                }
            }
        }
    }

    private boolean isOver(Entry entry, Instant now) {
        Instant endedAt = entry.job().endedAt();
        return endedAt != null && !endedAt.plus(retention).isAfter(now);
    }
}
