package io.renderfleet.orchestrator;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.http.server.Watched.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Counts the changes of each job and wakes who waits for one: so polls that are held cost the engine nothing. Thread-safe. */
final class JobChanges implements RenderListener {
    private final Map<JobId, Long> versions = new HashMap<>();
    private final Map<JobId, List<Waiter>> waiters = new HashMap<>();

    /** Each is equal to itself only. */
    private static final class Waiter {
        private final boolean endOnly;
        private final Runnable wake;

        Waiter(boolean endOnly, Runnable wake) {
            this.endOnly = endOnly;
            this.wake = wake;
        }
    }

    /** How many changes of a job there were; grows with each. */
    synchronized long version(JobId job) {
        return versions.getOrDefault(job, 0L);
    }

    /** Calls back once, at the first change after a version, or at the first end. */
    Subscription subscribe(JobId job, long since, boolean endOnly, Runnable wake) {
        Waiter waiter = new Waiter(endOnly, wake);
        boolean late;
        synchronized (this) {
            late = !endOnly && version(job) != since;
            if (!late) {
                waiters.computeIfAbsent(job, id -> new ArrayList<>()).add(waiter);
            }
        }
        if (late) {
            wake.run();
        }
        return () -> remove(job, waiter);
    }

    @Override
    public void onTransition(JobTransition transition) {
        boolean forgotten = transition instanceof JobTransition.JobForgotten;
        changed(transition.job(), forgotten || transition instanceof JobTransition.JobEnded);
        if (forgotten) {
            synchronized (this) {
                versions.remove(transition.job());
            }
        }
    }

    @Override
    public void onNotice(FarmNotice notice) {
        if (notice instanceof FarmNotice.BatchProgressed progressed) {
            changed(progressed.job(), false);
        }
    }

    private void changed(JobId job, boolean ended) {
        List<Runnable> woken = new ArrayList<>();
        synchronized (this) {
            versions.merge(job, 1L, Long::sum);
            List<Waiter> waiting = waiters.getOrDefault(job, List.of());
            for (Iterator<Waiter> each = waiting.iterator(); each.hasNext(); ) {
                Waiter waiter = each.next();
                if (ended || !waiter.endOnly) {
                    each.remove();
                    woken.add(waiter.wake);
                }
            }
            if (waiting.isEmpty()) {
                waiters.remove(job);
            }
        }
        woken.forEach(Runnable::run);
    }

    private synchronized void remove(JobId job, Waiter waiter) {
        List<Waiter> waiting = waiters.get(job);
        if (waiting != null) {
            waiting.remove(waiter);
            if (waiting.isEmpty()) {
                waiters.remove(job);
            }
        }
    }
}
