package io.renderfleet.cli;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** The body of a call. It can be sent again if the first orchestrator does not answer. */
sealed interface CallBody {
    BodyPublisher publisher() throws FileNotFoundException;

    /**
     * A short text.
     *
     * @param content the text, which is sent as UTF-8
     */
    record Text(String content) implements CallBody {
        @Override
        public BodyPublisher publisher() {
            return BodyPublishers.ofString(content, StandardCharsets.UTF_8);
        }
    }

    /**
     * A file, however long, which is never in memory as a whole.
     *
     * @param path the file
     * @param sent counts the bytes that have left
     * @param told takes the count now and then, on the calling thread
     */
    record Content(Path path, AtomicLong sent, LongConsumer told) implements CallBody {
        @Override
        public BodyPublisher publisher() throws FileNotFoundException {
            sent.set(0);
            BodyPublisher file = BodyPublishers.ofFile(path);
            Flow.Publisher<ByteBuffer> counted = subscriber -> file.subscribe(new Counted(subscriber, sent));
            return file.contentLength() == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.fromPublisher(counted, file.contentLength());
        }
    }

    /** Passes everything on, and counts. */
    record Counted(Flow.Subscriber<? super ByteBuffer> to, AtomicLong sent) implements Flow.Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer item) {
            sent.addAndGet(item.remaining());
            to.onNext(item);
        }

        @Override
        public void onError(Throwable failure) {
            to.onError(failure);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }
}
