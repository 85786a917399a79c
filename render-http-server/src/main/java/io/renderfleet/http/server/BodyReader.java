package io.renderfleet.http.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request's body without holding a thread while nothing arrives, within a {@link BodyLimit}.
 *
 * <p>Its monitor orders the two that may end it, the reading and the clock: once the future is complete, the sink gets no more.
 */
final class BodyReader implements Runnable {
    private final Request request;
    private final BodyLimit limit;
    private final BodySink sink;
    private final CompletableFuture<Long> received = new CompletableFuture<>();
    private final long began = System.nanoTime();
    private Scheduler.@Nullable Task clock;
    private long count;
    private boolean ended;

    private BodyReader(Request request, BodyLimit limit, BodySink sink) {
        this.request = request;
        this.limit = limit;
        this.sink = sink;
    }

    /**
     * Begins to read.
     *
     * @return how many bytes there were; it fails with a {@link RefusedException} where the client is to blame, and with the sink's
     *     exception where the sink is
     */
    static CompletableFuture<Long> read(Request request, BodyLimit limit, BodySink sink) {
        BodyReader reader = new BodyReader(request, limit, sink);
        try {
            refuseTooLarge(request, limit);
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        reader.begin();
        return reader.received;
    }

    /** Refuses a body that is announced as larger than it may be. */
    static void refuseTooLarge(Request request, BodyLimit limit) {
        if (request.getLength() > limit.maxBytes()) {
            throw BodyFault.tooLarge(limit);
        }
    }

    /** Needs no clock for what is there already, such as no body at all. */
    private void begin() {
        End end;
        synchronized (this) {
            end = readOn();
            if (!ended) {
                watch(limit.patience());
            }
        }
        settle(end);
    }

    @Override
    public void run() {
        settle(readOn());
    }

    /** What ends the reading: a failure, or (without one) the end of the body after so many bytes. */
    private record End(long count, @Nullable Throwable failure) {}

    private synchronized @Nullable End readOn() {
        while (!ended) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return null;
            }
            End end = take(chunk);
            if (end != null) {
                return ended(end);
            }
        }
        return null;
    }

    private @Nullable End take(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            return new End(count, BodyFault.broken());
        }
        try {
            count += chunk.remaining();
            if (count > limit.maxBytes()) {
                return new End(count, BodyFault.tooLarge(limit));
            }
            if (chunk.hasRemaining()) {
                sink.accept(chunk.getByteBuffer());
            }
            return chunk.isLast() ? new End(count, null) : null;
        } catch (Exception thrown) {
            return new End(count, thrown);
        } finally {
            chunk.release();
        }
    }

    private void watch(Duration delay) {
        Executor executor = request.getComponents().getExecutor();
        clock = request.getComponents().getScheduler().schedule(() -> executor.execute(this::tick), delay);
    }

    private void tick() {
        settle(overdue());
    }

    private synchronized @Nullable End overdue() {
        Duration left = limit.allowed(count).minusNanos(System.nanoTime() - began);
        if (ended) {
            return null;
        }
        if (left.isNegative() || left.isZero()) {
            return ended(new End(count, BodyFault.tooSlow()));
        }
        watch(left.plusMillis(10));
        return null;
    }

    private End ended(End end) {
        ended = true;
        if (clock != null) {
            clock.cancel();
        }
        return end;
    }

    /** Completes the stage without the monitor: the answer is sent on this thread. */
    private void settle(@Nullable End end) {
        if (end == null) {
            return;
        }
        if (end.failure() == null) {
            received.complete(end.count());
        } else {
            received.completeExceptionally(end.failure());
        }
    }
}
