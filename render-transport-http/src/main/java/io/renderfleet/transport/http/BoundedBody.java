package io.renderfleet.transport.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes the body of an answer to the JDK's client into memory, and gives the call up where it is longer than any that is expected. */
public final class BoundedBody {
    private BoundedBody() {}

    /**
     * Makes a handler.
     *
     * @param limit how many bytes at most, 1 or more; what is longer fails the call
     * @return a handler for any number of calls
     */
    public static HttpResponse.BodyHandler<byte[]> upTo(int limit) {
        return head -> new Subscriber(BoundedBytes.failingAt(limit));
    }

    private static final class Subscriber implements BodySubscriber<byte[]> {
        private final BoundedBytes bytes;
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        private Subscriber(BoundedBytes bytes) {
            this.bytes = bytes;
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
            try {
                for (ByteBuffer buffer : buffers) {
                    var unused = bytes.take(buffer);
                }
            } catch (IOException tooLong) {
                if (subscription != null) {
                    subscription.cancel();
                }
                body.completeExceptionally(tooLong);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.end());
        }
    }
}
