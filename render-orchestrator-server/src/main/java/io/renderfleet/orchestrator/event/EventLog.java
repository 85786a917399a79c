package io.renderfleet.orchestrator.event;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.RenderEvent;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.orchestrator.event.LoggedEvent.Running;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The last events of a farm, numbered, for streams that read them at their own pace.
 *
 * <p>A slow reader holds nothing up: it has a place in the log, not a queue of its own, and gets a {@code reset} once the log has gone past
 * that place. How far a batch has come is kept once for each batch: the newest news of it replaces the one before, so that they never push
 * out what cannot be made up for. Thread-safe.
 */
final class EventLog implements RenderListener {
    private final long epoch;
    private final int capacity;
    private final NavigableMap<Long, LoggedEvent> events = new TreeMap<>();
    private final Map<Running, Long> progress = new HashMap<>();
    private final Map<JobId, String> owners = new HashMap<>();
    private final Set<Runnable> readers = ConcurrentHashMap.newKeySet();
    private long last;
    private long lost;

    /**
     * Starts an empty log.
     *
     * @param epoch of the coordinator, the first part of the events' ids
     * @param before the number before that of the first event; greater than those that an earlier process of the same epoch has used
     * @param capacity how many events are kept
     */
    EventLog(long epoch, long before, int capacity) {
        this.epoch = epoch;
        this.last = before;
        this.lost = before;
        this.capacity = capacity;
    }

    /** Takes in whose jobs those are that were there before. */
    synchronized void know(List<RenderJob> jobs) {
        jobs.forEach(job -> own(job.id(), job.request()));
    }

    private synchronized void own(JobId job, RenderRequest request) {
        request.owner().ifPresent(owner -> owners.put(job, owner));
    }

    @Override
    public void onTransition(JobTransition transition) {
        if (transition instanceof JobTransition.JobSubmitted submitted) {
            own(submitted.job(), submitted.request());
        }
        add(transition, transition.job(), ended(transition), false);
        if (transition instanceof JobTransition.JobForgotten forgotten) {
            synchronized (this) {
                owners.remove(forgotten.job());
            }
        }
    }

    @Override
    public void onNotice(FarmNotice notice) {
        if (notice instanceof FarmNotice.BatchProgressed progressed) {
            add(notice, progressed.job(), new Running(progressed.job(), progressed.batch()), true);
        } else {
            add(notice, null, null, false);
        }
    }

    private static @Nullable Running ended(JobTransition transition) {
        return transition instanceof JobTransition.BatchEnded ended ? new Running(ended.job(), ended.batch()) : null;
    }

    private void add(RenderEvent event, @Nullable JobId job, @Nullable Running replaced, boolean replaceable) {
        String name = EventBodies.nameOf(event);
        String data = EventBodies.dataOf(event);
        synchronized (this) {
            last++;
            if (replaced != null) {
                Long older = replaceable ? progress.put(replaced, last) : progress.remove(replaced);
                if (older != null) {
                    events.remove(older);
                }
            }
            String owner = job == null ? null : owners.get(job);
            events.put(last, new LoggedEvent(last, job, owner, replaceable ? replaced : null, text(name, last, data)));
            if (events.size() > capacity) {
                LoggedEvent oldest = events.pollFirstEntry().getValue();
                lost = oldest.number();
                if (oldest.progressOf() != null) {
                    progress.remove(oldest.progressOf());
                }
            }
        }
        readers.forEach(Runnable::run);
    }

    private String text(String name, long number, String data) {
        return "event: " + name + "\nid: " + id(number) + "\ndata: " + data + "\n\n";
    }

    /** Says where the log ends. */
    synchronized long end() {
        return last;
    }

    /** Gives the id of an event. */
    String id(long number) {
        return epoch + "-" + number;
    }

    /** Reads an id that a client has sent back; empty for a place that is not in the log (any more, or ever). */
    synchronized OptionalLong placeOf(String id) {
        String prefix = epoch + "-";
        if (!id.startsWith(prefix) || !id.substring(prefix.length()).matches("\\d{1,18}")) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(id.substring(prefix.length()));
        return number < lost || number > last ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /**
     * Reads on.
     *
     * @return events after a place, at most so many; null if some of them are gone already
     */
    synchronized @Nullable List<LoggedEvent> after(long place, int most) {
        return place < lost
                ? null
                : events.tailMap(place, false).values().stream().limit(most).toList();
    }

    /** Adds an action that runs whenever there is more, on any thread; it must be quick. */
    void onMore(Runnable reader) {
        readers.add(reader);
    }

    void noMore(Runnable reader) {
        readers.remove(reader);
    }
}
