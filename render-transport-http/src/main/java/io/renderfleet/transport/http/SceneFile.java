package io.renderfleet.transport.http;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Flow;

/** A file as the body of a request: streamed, with its length in the header, and with signs of life. */
final class SceneFile implements BodyPublisher {
    private final Path file;
    private final long length;
    private final BodyPublisher content;
    private final Pulse pulse;

    /**
     * Looks at the file.
     *
     * @throws IOException if it cannot be read
     */
    SceneFile(Path file, Pulse pulse) throws IOException {
        this.file = file;
        this.length = Files.size(file);
        this.content = BodyPublishers.ofFile(file);
        this.pulse = pulse;
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IOException("it is no file that can be read");
        }
    }

    /** Says whether the fault of a failed transfer is the file's. */
    boolean hasChanged() {
        try {
            return Files.size(file) != length || !Files.isReadable(file);
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
        content.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                to.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer buffer) {
                pulse.beat();
                to.onNext(buffer);
            }

            @Override
            public void onError(Throwable failure) {
                to.onError(failure);
            }

            @Override
            public void onComplete() {
                to.onComplete();
            }
        });
    }
}
