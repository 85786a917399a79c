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

    private synchronized void begin() {
        watch(limit.patience());
        run();
    }

    @Override
    public synchronized void run() {
        while (!received.isDone()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            take(chunk);
        }
    }

    private void take(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            fail(BodyFault.broken());
            return;
        }
        @Nullable Throwable failure = null;
        try {
            count += chunk.remaining();
            if (count > limit.maxBytes()) {
                failure = BodyFault.tooLarge(limit);
            } else if (chunk.hasRemaining()) {
                sink.accept(chunk.getByteBuffer());
            }
        } catch (Exception thrown) {
            failure = thrown;
        } finally {
            chunk.release();
        }
        if (failure != null) {
            fail(failure);
        } else if (chunk.isLast()) {
            stopClock();
            received.complete(count);
        }
    }

    private void watch(Duration delay) {
        Executor executor = request.getComponents().getExecutor();
        clock = request.getComponents().getScheduler().schedule(() -> executor.execute(this::tick), delay);
    }

    private synchronized void tick() {
        Duration left = limit.allowed(count).minusNanos(System.nanoTime() - began);
        if (received.isDone()) {
            return;
        }
        if (left.isNegative() || left.isZero()) {
            fail(BodyFault.tooSlow());
        } else {
            watch(left.plusMillis(10));
        }
    }

    private void fail(Throwable failure) {
        stopClock();
        received.completeExceptionally(failure);
    }

    private void stopClock() {
        if (clock != null) {
            clock.cancel();
        }
    }
}
