package io.renderfleet.store.jdbc;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreFencedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: all that is queued goes into one commit, in order.
 *
 * <p>The store counts along with the writer: a write says at which place it goes, and happens only if the store is there. So one that
 * came through although its sender heard of an error is noticed, and neither made twice nor skipped.
 */
final class Writer {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);
    private static final int MAX_QUEUED = 1_000_000;
    private static final int MAX_IN_A_COMMIT = 10_000;
    private static final int NOTES_UNTIL_TIDYING = 1_000;

    private final Database database;
    private final TransitionCodec codec;
    private final BiConsumer<Session, Leader> onFenced;
    private final BlockingQueue<Append> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final Thread thread;
    private boolean closed;
    private int notes;

    /** Transitions and who waits for them; without any where it only ends the thread. */
    record Append(Session session, long position, List<JobTransition> transitions, CompletableFuture<Void> done) {
        long firstSeq() {
            return session.term.firstSeq() + position;
        }

        long endSeq() {
            return firstSeq() + transitions.size();
        }
    }

    private static final Append END =
            new Append(new Session(new LeaderTerm("none", 0, 0, 0)), 0, List.of(), new CompletableFuture<>());

    Writer(Database database, TransitionCodec codec, BiConsumer<Session, Leader> onFenced) {
        this.database = database;
        this.codec = codec;
        this.onFenced = onFenced;
        this.thread = new Thread(this::run, "renderfleet-store-writer");
        thread.setDaemon(true);
        thread.start();
    }

    synchronized CompletionStage<Void> append(Session session, long position, List<JobTransition> transitions) {
        StoreFencedException fenced = session.fenced();
        if (fenced != null) {
            return CompletableFuture.failedStage(fenced);
        }
        if (closed) {
            return CompletableFuture.failedStage(new StoreException("the store is closed", null));
        }
        if (queued.addAndGet(transitions.size()) > MAX_QUEUED) {
            queued.addAndGet(-transitions.size());
            return CompletableFuture.failedStage(
                    new StoreException("more than " + MAX_QUEUED + " transitions wait to be written", null));
        }
        Append append = new Append(session, position, List.copyOf(transitions), new CompletableFuture<>());
        queue.add(append);
        return append.done();
    }

    /** Writes what is queued and ends the thread; gives up waiting after a while. */
    void close(Duration atMost) {
        synchronized (this) {
            if (!closed) {
                closed = true;
                queue.add(END);
            }
        }
        try {
            thread.join(atMost.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Append> group = new ArrayList<>();
        boolean more = true;
        while (more) {
            try {
                group.clear();
                group.add(queue.take());
                gather(group);
                more = !group.remove(END);
                write(group);
            } catch (InterruptedException e) {
                // Nobody interrupts this thread, and H2 closes its file where one is.
                log.warn("ignored an interrupt");
            }
        }
    }

    private void gather(List<Append> group) {
        int count = group.get(0).transitions().size();
        Append next = queue.peek();
        while (next != null && count + next.transitions().size() <= MAX_IN_A_COMMIT) {
            group.add(queue.remove());
            count += next.transitions().size();
            next = queue.peek();
        }
    }

    private void write(List<Append> group) {
        int from = 0;
        while (from < group.size()) {
            Session session = group.get(from).session();
            int to = from + 1;
            while (to < group.size() && group.get(to).session() == session) {
                to++;
            }
            write(session, group.subList(from, to));
            from = to;
        }
    }

    private void write(Session session, List<Append> appends) {
        appends.forEach(append -> queued.addAndGet(-append.transitions().size()));
        StoreException problem = null;
        try {
            WriteBuilder maker = WriteBuilder.of(session, appends);
            while (!maker.isEmpty() && !database.write(maker.make(codec))) {
                findPlace(session);
                maker = WriteBuilder.of(session, appends);
            }
            session.nextSeq = maker.endSeq();
            notes += maker.forgotten();
        } catch (StoreException e) {
            problem = e;
        } catch (RuntimeException | Error e) {
            // Such as too little memory: without this thread all callers that wait would wait for ever.
            log.error("the store failed", e);
            problem = new StoreException(database + ": could not write: " + e.getMessage(), e);
        }
        for (Append append : appends) {
            answer(session, append, problem);
        }
        tidy();
    }

    /** Those who wait have their answer by now. */
    private void tidy() {
        if (notes >= NOTES_UNTIL_TIDYING) {
            notes = 0;
            try {
                database.dropOldNotes();
            } catch (StoreException e) {
                log.warn("{}", e.getMessage());
            }
        }
    }

    private static void answer(Session session, Append append, @Nullable StoreException problem) {
        if (append.endSeq() <= session.nextSeq) {
            append.done().complete(null);
        } else if (problem != null) {
            append.done().completeExceptionally(problem);
        } else {
            append.done()
                    .completeExceptionally(new StoreException(
                            "position " + append.position() + " leaves a gap: "
                                    + (session.nextSeq - session.term.firstSeq()) + " comes next",
                            null));
        }
    }

    /** The store is not where the writer thought: another one leads, or an earlier write came through after all. */
    private void findPlace(Session session) {
        FarmState state = database.state();
        if (state.leader().epoch() != session.term.epoch()) {
            onFenced.accept(session, state.leader());
            session.requireLead();
        }
        if (state.nextSeq() <= session.nextSeq) {
            throw new StoreException(
                    database + ": has lost transitions that it had acknowledged: it is at " + state.nextSeq()
                            + " and was at " + session.nextSeq + "; start again from what it has",
                    null);
        }
        session.nextSeq = state.nextSeq();
    }
}
