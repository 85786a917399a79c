package io.renderfleet.http.server;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream. Jetty asks it for the next bytes once it has written those before, so that a client's pace is its own; news only
 * wakes it. It holds its place among the others until Jetty reports that it has ended or failed.
 */
final class EventStream implements Content.Source {
    /** What comes in quick succession is sent together. */
    private static final Duration CALM = Duration.ofMillis(100);

    private final CallNotes notes;
    private final EventFeed feed;
    private final Duration beat;
    private final Duration patience;
    private final Consumer<EventStream> gone;
    private final Scheduler scheduler;
    private final Executor executor;
    private final EndPoint connection;

    private @Nullable Runnable demanded;
    private @Nullable Throwable failure;
    private Watched.@Nullable Subscription subscription;
    private Scheduler.@Nullable Task beating;
    private Scheduler.@Nullable Task calming;
    private boolean ended;
    private boolean beatDue;
    private boolean maybeMore;
    private boolean sending;
    private long sentAt = System.nanoTime() - CALM.toNanos();

    EventStream(Call call, EventFeed feed, Duration beat, Duration patience, Consumer<EventStream> gone) {
        this.notes = call.notes();
        this.feed = feed;
        this.beat = beat;
        this.patience = patience;
        this.gone = gone;
        this.scheduler = call.request().getComponents().getScheduler();
        this.executor = call.request().getComponents().getExecutor();
        this.connection = call.request().getConnectionMetaData().getConnection().getEndPoint();
    }

    @Override
    public synchronized Content.@Nullable Chunk read() {
        if (failure != null) {
            return Content.Chunk.from(failure);
        }
        if (ended) {
            close();
            return Content.Chunk.EOF;
        }
        begin();
        maybeMore = false;
        ByteBuffer bytes = feed.next();
        if (bytes == null && beatDue) {
            bytes = feed.beat();
        }
        if (bytes == null) {
            return null;
        }
        beatDue = false;
        maybeMore = true;
        sending = true;
        sentAt = System.nanoTime();
        return Content.Chunk.from(bytes, false);
    }

    /** At the first read: a stream of which only the headers are asked for never begins. */
    private void begin() {
        if (subscription == null) {
            subscription = feed.subscribe(this::more);
            beating = scheduler.schedule(this::beat, beat);
        }
    }

    @Override
    public void demand(Runnable callback) {
        synchronized (this) {
            if (demanded != null) {
                throw new IllegalStateException("a stream is read by one reader");
            }
            demanded = callback;
            sending = false;
        }
        // What has come since the last read woke nobody.
        wake();
    }

    @Override
    public void fail(Throwable problem) {
        Runnable waiting;
        synchronized (this) {
            failure = problem;
            waiting = demanded;
            demanded = null;
            close();
        }
        if (waiting != null) {
            executor.execute(waiting);
        }
    }

    /** Ends in good order, as soon as what was sent is written. */
    void end() {
        Runnable waiting;
        synchronized (this) {
            ended = true;
            waiting = demanded;
            demanded = null;
        }
        if (waiting != null) {
            executor.execute(waiting);
        }
    }

    private void more() {
        synchronized (this) {
            maybeMore = true;
        }
        wake();
    }

    /** Lets the stream look for more, if there may be some. Off the thread that woke it: writing takes long where the client is slow. */
    private void wake() {
        Runnable waiting;
        synchronized (this) {
            if (demanded == null || !(maybeMore || beatDue || ended)) {
                return;
            }
            long early = CALM.toNanos() - (System.nanoTime() - sentAt);
            if (early > 0 && !ended) {
                if (calming == null) {
                    calming = scheduler.schedule(this::calmed, Duration.ofNanos(early));
                }
                return;
            }
            waiting = demanded;
            demanded = null;
        }
        executor.execute(waiting);
    }

    private void calmed() {
        synchronized (this) {
            calming = null;
        }
        wake();
    }

    private void beat() {
        boolean stuck;
        synchronized (this) {
            if (failure != null || subscription == null) {
                return;
            }
            long silent = System.nanoTime() - sentAt;
            stuck = sending && silent > patience.toNanos();
            beatDue = !sending;
            beating = scheduler.schedule(this::beat, beat);
        }
        if (!notes.stillKnown()) {
            end();
        } else if (stuck) {
            connection.close(new java.util.concurrent.TimeoutException("the client took no events for " + patience));
        } else {
            wake();
        }
    }

    private void close() {
        if (subscription != null) {
            subscription.close();
            subscription = null;
        }
        if (beating != null) {
            beating.cancel();
        }
        if (calming != null) {
            calming.cancel();
        }
        gone.accept(this);
    }
}
