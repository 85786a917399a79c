package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.StoreException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the lead until it has it, and renews it until somebody else has it; looks at the clocks meanwhile. One thread, so that these
 * never mix.
 */
final class LeaseKeeper {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

    private final Database database;
    private final LeasePolicy lease;
    private final BiConsumer<Session, Leader> onFenced;
    private final ClockCheck clocks;
    private final ScheduledThreadPoolExecutor timer;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private @Nullable Session kept;
    private boolean inTrouble;

    LeaseKeeper(Database database, LeasePolicy lease, BiConsumer<Session, Leader> onFenced) {
        this.database = database;
        this.lease = lease;
        this.onFenced = onFenced;
        this.clocks = new ClockCheck(Clock.systemUTC(), database.toString());
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "renderfleet-store-lease");
            thread.setDaemon(true);
            return thread;
        });
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        long period = lease.renewEvery().toNanos();
        ScheduledExecutorService scheduler = timer;
        var unused = scheduler.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.NANOSECONDS);
    }

    /** Renews the lease of this session from now on, and no other. */
    synchronized void keep(Session session) {
        kept = session;
    }

    /** Renews the lease of this session no more. */
    synchronized void drop(Session session) {
        kept = session.equals(kept) ? null : kept;
    }

    private synchronized @Nullable Session kept() {
        return kept;
    }

    /** Completed once the lead is had; exceptionally if {@link #close} comes first. */
    CompletionStage<LeaderTerm> await(Consumer<LeaderTerm> had) {
        CompletableFuture<LeaderTerm> term = new CompletableFuture<>();
        var unused = end.whenComplete((closed, never) ->
                term.completeExceptionally(new StoreException(database + ": the store was closed", null)));
        attempt(term, had);
        return term;
    }

    private void attempt(CompletableFuture<LeaderTerm> waiting, Consumer<LeaderTerm> had) {
        try {
            timer.execute(() -> {
                Optional<LeaderTerm> term = tried();
                if (term.isPresent()) {
                    had.accept(term.get());
                    waiting.complete(term.get());
                } else if (!waiting.isDone()) {
                    var unused = timer.schedule(
                            () -> attempt(waiting, had), lease.renewEvery().toNanos(), TimeUnit.NANOSECONDS);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("closed while waiting for the lead");
        }
    }

    private Optional<LeaderTerm> tried() {
        try {
            Optional<LeaderTerm> term = database.takeOver(false);
            clocks.look(database::time);
            well();
            return term;
        } catch (StoreException e) {
            trouble(e);
            return Optional.empty();
        }
    }

    private void renew() {
        Session session = kept();
        if (session == null || session.fenced() != null) {
            return;
        }
        try {
            if (!database.renew(session.term)) {
                onFenced.accept(session, database.state().leader());
            }
            clocks.look(database::time);
            well();
        } catch (StoreException e) {
            trouble(e);
        }
    }

    private void trouble(StoreException e) {
        if (!inTrouble) {
            log.warn("{}; trying again until it works", e.getMessage());
        }
        inTrouble = true;
    }

    private void well() {
        if (inTrouble) {
            log.info("{}: the lead can be looked after again", database);
        }
        inTrouble = false;
    }

    /** Ends renewing. Waits for a renewal under way, since it would keep a lease that is given back meanwhile. */
    void close() {
        synchronized (this) {
            kept = null;
        }
        timer.shutdown();
        end.complete(null);
        try {
            if (!timer.awaitTermination(lease.renewEvery().toNanos(), TimeUnit.NANOSECONDS)) {
                log.debug("{}: closed while it renews the lease", database);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
