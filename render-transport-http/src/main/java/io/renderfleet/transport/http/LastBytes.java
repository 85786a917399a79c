package io.renderfleet.transport.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the end of a body, for servers that send all where the end was asked for. Reads no more than a bound: what is longer is cut
 * there.
 */
final class LastBytes implements Receiver {
    private final byte[] ring;
    private final long bound;
    private final Pulse pulse;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;
    private long count;

    LastBytes(int limit, long bound, Pulse pulse) {
        this.ring = new byte[limit];
        this.bound = bound;
        this.pulse = pulse;
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
        pulse.beat();
        for (ByteBuffer buffer : buffers) {
            keep(buffer);
        }
        if (count > bound && subscription != null) {
            subscription.cancel();
            onComplete();
        }
    }

    private void keep(ByteBuffer buffer) {
        int surplus = buffer.remaining() - ring.length;
        if (surplus > 0) {
            buffer.position(buffer.position() + surplus);
            count += surplus;
        }
        while (buffer.hasRemaining()) {
            int at = (int) (count % ring.length);
            int length = Math.min(buffer.remaining(), ring.length - at);
            buffer.get(ring, at, length);
            count += length;
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        int length = (int) Math.min(count, ring.length);
        byte[] last = new byte[length];
        int begin = count > ring.length ? (int) (count % ring.length) : 0;
        int upToEnd = Math.min(length, ring.length - begin);
        System.arraycopy(ring, begin, last, 0, upToEnd);
        System.arraycopy(ring, 0, last, upToEnd, length - upToEnd);
        body.complete(last);
    }

    @Override
    public void abandon() {}
}
