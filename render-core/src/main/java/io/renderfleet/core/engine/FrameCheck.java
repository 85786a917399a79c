package io.renderfleet.core.engine;

import io.renderfleet.core.image.ImageBounds;
import io.renderfleet.core.image.ImageCheck;
import io.renderfleet.core.image.ImageFormat;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.spi.ContentCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a file that a node sends is the picture that its name promises: in passing, where the transport shows its bytes, and by
 * reading it otherwise. Made for one try. Thread-safe, since a transport that was given up may still send.
 */
final class FrameCheck implements ContentCheck, AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final OutputFile file;
    private final ImageBounds bounds;
    private final boolean isPicture;
    private @Nullable ImageCheck check;
    private long seen;
    private boolean closed;

    FrameCheck(OutputFile file, ImageBounds bounds) {
        this.file = file;
        this.bounds = bounds;
        this.isPicture = ImageFormat.byName(file.name()).isPresent();
    }

    @Override
    public synchronized @Nullable String add(ByteBuffer bytes) {
        seen += bytes.remaining();
        if (closed || !isPicture) {
            bytes.position(bytes.limit());
            return null;
        }
        ImageCheck begun = check == null ? begin() : check;
        begun.add(bytes);
        return begun.flaw().orElse(null);
    }

    /** Not before it is needed: of most files either the folder or the transport shows nothing. */
    private ImageCheck begin() {
        ImageCheck begun = ImageCheck.of(file.name(), file.bytes(), bounds).orElseThrow();
        check = begun;
        return begun;
    }

    /** Whether {@link #end} will read the file, and so may block. */
    synchronized boolean needsFile(boolean decode) {
        return isPicture && (decode || check == null || seen != file.bytes() || check.needsFile());
    }

    /**
     * Says what is wrong with the whole file, and takes a wrong one away.
     *
     * @param staged the file as it came
     * @param decode whether its pixels are decoded, too
     * @return what follows the file's name in a sentence; empty if nothing is wrong, or nothing is known of its format
     * @throws IOException if it cannot be read
     */
    synchronized Optional<String> end(Path staged, boolean decode) throws IOException {
        if (closed || !isPicture) {
            return Optional.empty();
        }
        ImageCheck whole = check;
        if (whole == null || seen != file.bytes()) {
            release();
            whole = begin();
            read(whole, staged);
        }
        Optional<String> flaw = whole.end(staged);
        if (flaw.isEmpty() && decode) {
            flaw = whole.decode(staged);
        }
        if (flaw.isPresent()) {
            Files.deleteIfExists(staged);
        }
        return flaw;
    }

    private static void read(ImageCheck into, Path staged) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            while (into.flaw().isEmpty() && channel.read(buffer.clear()) >= 0) {
                into.add(buffer.flip());
            }
        }
    }

    private void release() {
        if (check != null) {
            check.close();
            check = null;
        }
    }

    /** Gives back what is held; what comes afterwards is not looked at. */
    @Override
    public synchronized void close() {
        closed = true;
        release();
    }
}
