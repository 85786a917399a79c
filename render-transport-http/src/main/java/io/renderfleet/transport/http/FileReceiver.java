package io.renderfleet.transport.http;

import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.FetchOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Writes a body to a new file, and checks length, digest and content on the way. The file is left only if all is right.
 *
 * <p>The body's stage completes also where the file cannot be written or the content is wrong: that is no fault of the connection. {@link
 * #outcome} then says. Its methods are called by one thread at a time, but {@link #abandon} by any: hence the lock.
 */
final class FileReceiver implements Receiver {
    private static final byte[] NOTHING = new byte[0];

    private final Path into;
    private final OutputFile expected;
    private final ContentCheck check;
    private final Pulse pulse;
    private final MessageDigest digest = Sha256.newDigest();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final Object lock = new Object();
    private Flow.@Nullable Subscription subscription;
    private @Nullable FileChannel channel;
    private @Nullable FetchOutcome outcome;
    private long length;
    private boolean abandoned;

    FileReceiver(Path into, Expected expected, Pulse pulse) {
        this.into = into;
        this.expected = expected.file();
        this.check = expected.check();
        this.pulse = pulse;
    }

    /**
     * What should come.
     *
     * @param file its length and digest
     * @param check looks at the bytes as they come
     */
    record Expected(OutputFile file, ContentCheck check) {}

    /** What became of the file; null while it is unknown, or where the connection broke. */
    @Nullable FetchOutcome outcome() {
        synchronized (lock) {
            return outcome;
        }
    }

    /** Takes a whole file away again, because the answer turned out to be somebody else's. */
    void withdraw() {
        synchronized (lock) {
            abandoned = true;
            discard();
            if (outcome instanceof FetchOutcome.Fetched) {
                delete();
            }
        }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        synchronized (lock) {
            subscription = given;
            if (abandoned) {
                given.cancel();
                return;
            }
            try {
                channel = FileChannel.open(into, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                end(new FetchOutcome.LocalFailure(words(e)));
                return;
            }
        }
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        pulse.beat();
        synchronized (lock) {
            for (ByteBuffer buffer : buffers) {
                length += buffer.remaining();
            }
            if (channel == null) {
                return;
            }
            if (length > expected.bytes()) {
                end(new FetchOutcome.Damaged("more than the " + expected.bytes() + " bytes came that were announced"));
                return;
            }
            String flaw = flawIn(buffers);
            if (flaw != null) {
                end(new FetchOutcome.Flawed(flaw));
                return;
            }
            try {
                write(channel, buffers);
            } catch (IOException e) {
                end(new FetchOutcome.LocalFailure(words(e)));
            }
        }
    }

    private @Nullable String flawIn(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            String flaw = check.add(buffer.duplicate());
            if (flaw != null) {
                return flaw;
            }
        }
        return null;
    }

    private void write(FileChannel to, List<ByteBuffer> buffers) throws IOException {
        for (ByteBuffer buffer : buffers) {
            digest.update(buffer.duplicate());
            while (buffer.hasRemaining()) {
                int written = to.write(buffer);
                if (written == 0) {
                    throw new IOException("nothing more can be written");
                }
            }
        }
    }

    @Override
    public void onComplete() {
        synchronized (lock) {
            if (channel == null) {
                return;
            }
            if (length != expected.bytes()) {
                end(new FetchOutcome.Damaged(length + " bytes came, " + expected.bytes() + " were announced"));
                return;
            }
            if (!Sha256.of(digest).equals(expected.sha256())) {
                end(new FetchOutcome.Damaged("the content does not have the sha256 that was announced"));
                return;
            }
            try {
                channel.close();
                channel = null;
                end(new FetchOutcome.Fetched());
            } catch (IOException e) {
                end(new FetchOutcome.LocalFailure(words(e)));
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        abandon();
        body.completeExceptionally(failure);
    }

    @Override
    public void abandon() {
        synchronized (lock) {
            abandoned = true;
            discard();
        }
    }

    /** Settles the outcome; anything but success takes the file and the rest of the body away. */
    private void end(FetchOutcome how) {
        outcome = how;
        if (!(how instanceof FetchOutcome.Fetched)) {
            discard();
            if (subscription != null) {
                subscription.cancel();
            }
        }
        body.complete(NOTHING);
    }

    private void discard() {
        FileChannel open = channel;
        channel = null;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (IOException e) {
            // What matters is that the file goes, which comes next.
        }
        delete();
    }

    private void delete() {
        try {
            Files.deleteIfExists(into);
        } catch (IOException e) {
            outcome = new FetchOutcome.LocalFailure("a partial file could not be deleted: " + words(e));
        }
    }

    private static String words(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return "the file is there already";
        }
        if (e instanceof NoSuchFileException) {
            return "the folder is not there";
        }
        return "the file could not be written: " + NoAnswer.message(e);
    }
}
