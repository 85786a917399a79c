package io.renderfleet.core.content;

import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.FetchOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** Copies a file and checks on the way that it is the one that was announced, for transports that see the files of the other side. */
public final class CheckedCopy {
    private static final int BUFFER = 64 * 1024;

    private CheckedCopy() {}

    /**
     * Copies a file. Blocks as long as the disks take.
     *
     * @param from the file as it lies there
     * @param announced its length and digest
     * @param into where to write; a new file
     * @param check is shown the bytes as they come
     * @return what became of it; nothing is left at {@code into} unless the file was copied whole
     */
    public static FetchOutcome copy(Path from, OutputFile announced, Path into, ContentCheck check) {
        try (InputStream in = Files.newInputStream(from)) {
            OutputStream out;
            try {
                out = Files.newOutputStream(into, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                return new FetchOutcome.LocalFailure(into.getFileName() + " cannot be made: " + e);
            }
            FetchOutcome outcome = new FetchOutcome.Damaged(announced.name() + " was not copied to its end");
            try (out) {
                outcome = copy(in, announced, out, check);
            } finally {
                if (!(outcome instanceof FetchOutcome.Fetched)) {
                    Files.deleteIfExists(into);
                }
            }
            return outcome;
        } catch (NoSuchFileException e) {
            return new FetchOutcome.Lost();
        } catch (IOException e) {
            return new FetchOutcome.LocalFailure(announced.name() + " cannot be copied: " + e);
        }
    }

    private static FetchOutcome copy(InputStream in, OutputFile announced, OutputStream out, ContentCheck check)
            throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        long copied = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
            String flaw = check.add(ByteBuffer.wrap(buffer, 0, n));
            if (flaw != null) {
                return new FetchOutcome.Flawed(flaw);
            }
            copied += n;
            out.write(buffer, 0, n);
        }
        return copied == announced.bytes() && Sha256.of(digest).equals(announced.sha256())
                ? new FetchOutcome.Fetched()
                : new FetchOutcome.Damaged(announced.name() + " has other bytes than were announced");
    }
}
