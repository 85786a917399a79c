package io.renderfleet.orchestrator;

import io.renderfleet.core.FarmFollower;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.store.jdbc.StoredTransition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a stand-by's view of the jobs up with what the leader has written: twice a second for those who wait for a change, and at once for
 * each question, so that an answer is never older than its question. Thread-safe.
 */
final class Follower implements AutoCloseable {
    private static final int PAGE = 10_000;
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final JdbcJobStore store;
    private final FarmFollower view;
    private final Runnable onClose;
    private final Executor later = CompletableFuture.delayedExecutor(EVERY.toMillis(), TimeUnit.MILLISECONDS);
    private @Nullable CompletableFuture<Void> reading;
    private @Nullable CompletableFuture<Void> next;
    private long known;
    private boolean closed;
    private volatile boolean everRead;

    /**
     * @param onClose ends what else follows the leader
     */
    Follower(JdbcJobStore store, FarmFollower view, Runnable onClose) {
        this.store = store;
        this.view = view;
        this.onClose = onClose;
        again();
    }

    /**
     * Reads what was committed before this call.
     *
     * @return completed once the view has it, or the store does not answer and something is known; exceptionally if nothing is
     */
    CompletableFuture<Void> catchUp() {
        return read().copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(problem ->
                        everRead ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(problem));
    }

    /** One thread reads at a time; those that come meanwhile share the next reading. */
    private synchronized CompletableFuture<Void> read() {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the stand-by has ended"));
        }
        if (reading != null) {
            next = next == null ? new CompletableFuture<>() : next;
            return next;
        }
        CompletableFuture<Void> begun = new CompletableFuture<>();
        reading = begun;
        page(begun);
        return begun;
    }

    private void page(CompletableFuture<Void> begun) {
        var unused = store.history(known(), PAGE).whenComplete((page, problem) -> {
            if (problem != null) {
                ended(begun, problem);
            } else {
                take(page);
                if (page.size() == PAGE) {
                    page(begun);
                } else {
                    everRead = true;
                    ended(begun, null);
                }
            }
        });
    }

    private synchronized long known() {
        return known;
    }

    private synchronized void take(List<StoredTransition> page) {
        if (!page.isEmpty()) {
            known = page.get(page.size() - 1).sequence();
            view.apply(page.stream().map(StoredTransition::transition).toList());
        }
    }

    private void ended(CompletableFuture<Void> done, @Nullable Throwable problem) {
        CompletableFuture<Void> following;
        synchronized (this) {
            following = next;
            next = null;
            reading = following;
        }
        if (problem == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(problem);
        }
        if (following != null) {
            page(following);
        }
    }

    private void again() {
        later.execute(() -> {
            if (!isClosed()) {
                var unused = read().whenComplete((done, problem) -> again());
            }
        });
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        onClose.run();
        view.close();
    }
}
