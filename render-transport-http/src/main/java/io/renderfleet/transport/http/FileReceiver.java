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
import org.jspecify.annotations.Nullable;

/**
 * Writes a body to a new file, and checks length, digest and content on the way. The file is left only if all is right.
 *
 * <p>The call succeeds also where the file cannot be written or the content is wrong: that is no fault of the connection. {@link #outcome}
 * then says. Its methods are called by one thread at a time, but {@link #abandon} by any: hence the lock.
 */
final class FileReceiver implements Receiver {
    private static final byte[] NOTHING = new byte[0];

    private final Path into;
    private final OutputFile expected;
    private final ContentCheck check;
    private final Pulse pulse;
    private final MessageDigest digest = Sha256.newDigest();
    private final Object lock = new Object();
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
    public void begin() {
        synchronized (lock) {
            if (abandoned) {
                return;
            }
            try {
                channel = FileChannel.open(into, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                end(new FetchOutcome.LocalFailure(words(e)));
            }
        }
    }

    @Override
    public boolean take(ByteBuffer buffer) {
        pulse.beat();
        synchronized (lock) {
            if (channel == null) {
                return false;
            }
            length += buffer.remaining();
            if (length > expected.bytes()) {
                end(new FetchOutcome.Damaged("more than the " + expected.bytes() + " bytes came that were announced"));
                return false;
            }
            String flaw = check.add(buffer.duplicate());
            if (flaw != null) {
                end(new FetchOutcome.Flawed(flaw));
                return false;
            }
            try {
                write(channel, buffer);
            } catch (IOException e) {
                end(new FetchOutcome.LocalFailure(words(e)));
                return false;
            }
            return true;
        }
    }

    private void write(FileChannel to, ByteBuffer buffer) throws IOException {
        digest.update(buffer.duplicate());
        while (buffer.hasRemaining()) {
            int written = to.write(buffer);
            if (written == 0) {
                throw new IOException("nothing more can be written");
            }
        }
    }

    @Override
    public byte[] end() {
        synchronized (lock) {
            if (channel != null) {
                judge(channel);
            }
            return NOTHING;
        }
    }

    private void judge(FileChannel whole) {
        if (length != expected.bytes()) {
            end(new FetchOutcome.Damaged(length + " bytes came, " + expected.bytes() + " were announced"));
            return;
        }
        if (!Sha256.of(digest).equals(expected.sha256())) {
            end(new FetchOutcome.Damaged("the content does not have the sha256 that was announced"));
            return;
        }
        try {
            whole.close();
            channel = null;
            end(new FetchOutcome.Fetched());
        } catch (IOException e) {
            end(new FetchOutcome.LocalFailure(words(e)));
        }
    }

    @Override
    public void abandon() {
        synchronized (lock) {
            abandoned = true;
            discard();
        }
    }

    /** Settles the outcome; anything but success takes the file away. */
    private void end(FetchOutcome how) {
        outcome = how;
        if (!(how instanceof FetchOutcome.Fetched)) {
            discard();
        }
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
