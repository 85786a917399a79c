package io.renderfleet.transport.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a body in memory, up to a limit.
 *
 * <p>What is longer fails, or, for bodies of which only the beginning matters, is cut. Either way the connection is given up: there
 * is no telling how much more would come.
 */
final class BoundedBytes implements Receiver {
    private final int limit;
    private final boolean cut;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    private BoundedBytes(int limit, boolean cut) {
        this.limit = limit;
        this.cut = cut;
    }

    static BoundedBytes failingAt(int limit) {
        return new BoundedBytes(limit, false);
    }

    static BoundedBytes cutAt(int limit) {
        return new BoundedBytes(limit, true);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int room = limit - kept.size();
            byte[] bytes = new byte[Math.min(room, buffer.remaining())];
            buffer.get(bytes);
            kept.writeBytes(bytes);
            if (buffer.hasRemaining()) {
                tooLong();
                return;
            }
        }
    }

    private void tooLong() {
        if (subscription != null) {
            subscription.cancel();
        }
        if (cut) {
            body.complete(kept.toByteArray());
        } else {
            body.completeExceptionally(new TooLongException(limit));
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(kept.toByteArray());
    }

    @Override
    public void abandon() {}

    /** The answer is longer than any sensible one. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        private TooLongException(int limit) {
            super("the answer is longer than " + limit + " bytes");
        }
    }
}
