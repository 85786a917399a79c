package io.renderfleet.node.verify;

import io.renderfleet.core.content.DigestCache;
import io.renderfleet.core.content.FileStamp;
import io.renderfleet.core.image.ImageBounds;
import io.renderfleet.core.image.ImageCheck;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.node.files.SafePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the files that a renderer says it has written.
 *
 * <p>A file counts if it is there, a regular file inside the folder of its attempt, not empty, and, where its name promises an image
 * format whose structure is known (PNG, JPEG, OpenEXR, TIFF, WebP), whole: no chunk, segment, strip or tile missing or cut off.
 * Compressed pixels are decoded as far as the JDK can. A file is read once, in pieces, for its structure and its digest together; only JPEG
 * and TIFF are read again, by the JDK's decoder. Thread-safe.
 *
 * <p>It remembers the last 1,000 digests, so that whether a file still is what was verified takes a look at its length and times.
 */
public final class OutputVerifier {
    private static final int BUFFER = 64 * 1024;

    private final DigestCache digests = new DigestCache();

    /** Makes a verifier. */
    public OutputVerifier() {}

    /**
     * Looks at one file.
     *
     * @param folder the attempt's own folder
     * @param file an absolute path
     * @return whether it is whole, with its digest, or what is wrong
     */
    public Verification verify(Path folder, Path file) {
        String name = String.valueOf(file.getFileName());
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Verification.Flawed(FailureKind.FRAME_MISSING, name + " was announced, but is not there");
        }
        if (!SafePath.isOwn(folder, file)) {
            return new Verification.Flawed(
                    FailureKind.FRAME_MISSING, name + " is no regular file inside the folder of this attempt");
        }
        try {
            long bytes = Files.size(file);
            if (bytes == 0) {
                return new Verification.Flawed(FailureKind.FRAME_EMPTY, name + " has no bytes: is the disk full?");
            }
            return read(file, name, bytes);
        } catch (IOException e) {
            return new Verification.Flawed(FailureKind.FRAME_DAMAGED, name + " cannot be read");
        }
    }

    /** Reads the file once, for its digest and its structure together. */
    private Verification read(Path file, String name, long bytes) throws IOException {
        FileStamp before = FileStamp.of(file);
        MessageDigest digest = Sha256.newDigest();
        try (ImageCheck check = ImageCheck.of(name, bytes, ImageBounds.ANY).orElse(null)) {
            long length = digest(file, digest, check);
            Optional<String> flaw = check == null ? Optional.empty() : flawOf(check, file);
            if (flaw.isPresent()) {
                return new Verification.Flawed(FailureKind.FRAME_DAMAGED, name + " " + flaw.get());
            }
            if (length != bytes) {
                return new Verification.Flawed(FailureKind.FRAME_DAMAGED, name + " was changed while it was read");
            }
            Sha256 sha256 = Sha256.of(digest);
            if (FileStamp.of(file).equals(before)) {
                digests.remember(file, before, sha256);
            }
            return new Verification.Whole(bytes, sha256);
        }
    }

    /**
     * A verified file has another name now, or one more.
     *
     * @param from its name when it was verified
     * @param to its name now
     * @throws IOException if there is no such file
     */
    public void moved(Path from, Path to) throws IOException {
        digests.moved(from, to);
    }

    /**
     * Says whether a file is what was verified. It is read only where its length and times are not those that it had then, or where it was
     * verified before the last 1,000 others, or by another process.
     *
     * @param path the file
     * @param file what was verified
     * @return false if it has other bytes
     * @throws IOException if it cannot be read
     */
    public boolean isAsVerified(Path path, OutputFile file) throws IOException {
        return Files.size(path) == file.bytes() && digests.of(path).equals(file.sha256());
    }

    private static long digest(Path file, MessageDigest digest, @Nullable ImageCheck check) throws IOException {
        long length = 0;
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                length += buffer.remaining();
                digest.update(buffer.duplicate());
                if (check != null) {
                    check.add(buffer);
                    if (check.flaw().isPresent()) {
                        break;
                    }
                }
            }
        }
        return length;
    }

    private static Optional<String> flawOf(ImageCheck check, Path file) throws IOException {
        Optional<String> flaw = check.end(file);
        return flaw.isPresent() ? flaw : check.decode(file);
    }
}
