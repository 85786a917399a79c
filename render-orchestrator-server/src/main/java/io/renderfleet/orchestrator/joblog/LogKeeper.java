package io.renderfleet.orchestrator.joblog;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.RenderListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the log of each batch that has ended to a {@link LogShelf}: fetches it from the node beside the engine, a few at once, and tries
 * again for a minute where the node does not answer. Thread-safe.
 *
 * <p>A log that waits to be fetched when the program ends is not fetched later by itself.
 */
public final class LogKeeper implements RenderListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LogKeeper.class);
    private static final int AT_ONCE = 4;
    private static final int MOST_WAITING = 10_000;

    /** After each try, until the next. */
    private static final List<Duration> WAITS =
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(15), Duration.ofSeconds(45));

    private final Source source;
    private final LogShelf shelf;
    private final int cap;
    private final List<Duration> waits;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer;

    /** Asks a node for a log, as {@code RenderExecutor.log} does. */
    @FunctionalInterface
    public interface Source {
        /**
         * Asks.
         *
         * @param job of which job
         * @param batch of which batch
         * @param maxBytes how much of its end at most
         * @return the text, or why there is none
         */
        CompletionStage<LogOutcome> log(JobId job, BatchId batch, int maxBytes);
    }

    /**
     * Makes a keeper, to be registered as a listener.
     *
     * @param source asks the nodes
     * @param shelf takes the logs
     * @param cap how many bytes of the end of a log are asked for
     */
    public LogKeeper(Source source, LogShelf shelf, int cap) {
        this(source, shelf, cap, WAITS);
    }

    LogKeeper(Source source, LogShelf shelf, int cap, List<Duration> waits) {
        this.waits = List.copyOf(waits);
        this.source = source;
        this.shelf = shelf;
        this.cap = cap;
        this.timer = new ScheduledThreadPoolExecutor(AT_ONCE, work -> {
            Thread thread = new Thread(work, "renderfleet-logs");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void onTransition(JobTransition transition) {
        if (transition instanceof JobTransition.BatchEnded ended) {
            if (waiting.incrementAndGet() > MOST_WAITING) {
                waiting.decrementAndGet();
                log.warn(
                        "the log of batch {} of job {} is not kept: {} others wait",
                        ended.batch(),
                        ended.job(),
                        MOST_WAITING);
                return;
            }
            fetch(ended.job(), ended.batch(), 0, Duration.ZERO);
        } else if (transition instanceof JobTransition.JobForgotten forgotten) {
            shelf.forget(forgotten.job());
        }
    }

    private void fetch(JobId job, BatchId batch, int tries, Duration in) {
        try {
            var unused = timer.schedule(() -> fetch(job, batch, tries), in.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            waiting.decrementAndGet();
        }
    }

    private void fetch(JobId job, BatchId batch, int tries) {
        LogOutcome outcome;
        try {
            outcome = source.log(job, batch, cap).toCompletableFuture().get(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            waiting.decrementAndGet();
            return;
        } catch (Exception e) {
            outcome = new LogOutcome.Unreachable(e.toString());
        }
        if (outcome instanceof LogOutcome.Unreachable && tries < waits.size()) {
            fetch(job, batch, tries + 1, waits.get(tries));
            return;
        }
        waiting.decrementAndGet();
        if (outcome instanceof LogOutcome.Text text) {
            shelf.put(job, batch, text.text());
        } else {
            log.info("the log of batch {} of job {} is not kept: its node does not hand it out", batch, job);
        }
    }

    /**
     * Counts the logs that are to be fetched still.
     *
     * @return 0 if all are kept that could be had
     */
    public int waiting() {
        return waiting.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
