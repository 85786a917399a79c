package io.renderfleet.core.engine;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreFencedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes transitions to the store and runs what depends on them after their commit.
 *
 * <p>All that one step of the loop has brought, and all that came while the last write was under way, goes into one append. An append
 * that failed is made again, at the same position, until the store takes it: so nothing is lost while the store is down, and nothing
 * that depends on it happens. Belongs to the loop.
 */
final class Journal {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Loop loop;
    private final JobStore store;
    private final Notifier notifier;
    private final Listener listener;
    private List<Entry> queued = new ArrayList<>();
    private List<Entry> writing = List.of();
    private long position;
    private boolean flushAsked;
    private @Nullable Throwable trouble;

    private record Entry(JobTransition transition, Runnable afterCommit) {}

    /** Hears how the store is. Called on the loop. */
    interface Listener {
        /** The store can be written again. */
        void storeRecovered();

        /** Another coordinator has taken the store over. */
        void storeFenced();
    }

    Journal(Loop loop, JobStore store, Notifier notifier, Listener listener) {
        this.loop = loop;
        this.store = store;
        this.notifier = notifier;
        this.listener = listener;
    }

    void append(JobTransition transition, Runnable afterCommit) {
        queued.add(new Entry(transition, afterCommit));
        if (!flushAsked) {
            flushAsked = true;
            loop.execute(this::flush);
        }
    }

    /** Runs an action once everything that was appended so far is durable. */
    void whenWritten(Runnable action) {
        List<Entry> last = queued.isEmpty() ? writing : queued;
        if (last.isEmpty()) {
            action.run();
            return;
        }
        Entry entry = last.get(last.size() - 1);
        last.set(last.size() - 1, new Entry(entry.transition(), () -> {
            entry.afterCommit().run();
            action.run();
        }));
    }

    /** Why the store cannot be written now; null if it can. */
    @Nullable Throwable trouble() {
        return trouble;
    }

    private void flush() {
        flushAsked = false;
        if (writing.isEmpty() && writeNext()) {
            written();
        }
    }

    /** Has the store take what is queued, if anything is; says whether it has done so already. */
    private boolean writeNext() {
        writing = queued;
        queued = new ArrayList<>();
        return !writing.isEmpty() && write();
    }

    private boolean write() {
        List<JobTransition> transitions = new ArrayList<>(writing.size());
        writing.forEach(entry -> transitions.add(entry.transition()));
        CompletableFuture<Void> stage = append(transitions);
        if (isDone(stage)) {
            return true;
        }
        var unused = stage.whenComplete((done, problem) -> loop.execute(() -> {
            if (problem == null) {
                written();
            } else {
                failed(problem);
            }
        }));
        return false;
    }

    /** A store should say what is wrong, not throw it; what was to be written must not be lost to that. */
    private CompletableFuture<Void> append(List<JobTransition> transitions) {
        try {
            return store.append(position, transitions).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean isDone(CompletableFuture<Void> append) {
        return append.isDone() && !append.isCompletedExceptionally();
    }

    /** The store writes what came meanwhile while the loop does what depends on what is written. */
    private void written() {
        boolean more = true;
        while (more) {
            List<Entry> done = writing;
            position += done.size();
            if (trouble != null) {
                trouble = null;
                log.info("the store can be written again");
                notifier.notice(new FarmNotice.StoreRecovered(loop.time().now()));
                listener.storeRecovered();
            }
            more = writeNext();
            for (Entry entry : done) {
                notifier.transition(entry.transition());
                entry.afterCommit().run();
            }
            more |= writing.isEmpty() && writeNext();
        }
    }

    private void failed(Throwable thrown) {
        Throwable cause = thrown.getCause();
        Throwable problem = thrown instanceof CompletionException && cause != null ? cause : thrown;
        if (problem instanceof StoreFencedException) {
            trouble = problem;
            listener.storeFenced();
            return;
        }
        if (trouble == null) {
            log.warn("nothing new is taken in or handed out until the store can be written: {}", problem.getMessage());
            notifier.notice(new FarmNotice.StoreFailed(loop.time().now(), String.valueOf(problem.getMessage())));
        }
        trouble = problem;
        loop.schedule(RETRY, () -> {
            if (write()) {
                written();
            }
        });
    }
}
