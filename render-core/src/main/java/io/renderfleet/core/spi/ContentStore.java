package io.renderfleet.core.spi;

import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps files by their content, such as the scenes that clients send to an orchestrator.
 *
 * <p>A file is stored whole or not at all, and only if it is what its digest says: an upload that breaks off leaves nothing and can start
 * again, and several uploads of one content at once end as one. Where room is short, the store removes content, but never content that is
 * in use here or by another process that shares the store, nor content that was asked for or sent within the last {@link #KEPT}.
 *
 * <p>Several orchestrators of one farm use one store, each through an object of its own: what one of them stores, all of them have.
 *
 * <p>Calls may block for as long as a disk or a network takes; they are never made on the engine's loop. An {@link IOException} means that
 * the store does not work at the moment. Thread-safe.
 */
public interface ContentStore extends AutoCloseable {
    /** How long content is safe after it was asked for or sent, at least. */
    Duration KEPT = Duration.ofMinutes(10);

    /**
     * Returns how large one file may be.
     *
     * @return bytes
     */
    long limit();

    /**
     * Returns whether content is here, and keeps it for {@link #KEPT} if so.
     *
     * @param digest the digest of the content
     * @return true if it is
     * @throws IOException if that cannot be found out
     */
    boolean has(Sha256 digest) throws IOException;

    /**
     * Takes a file. Reads as it comes and never more than the limit; blocks as long as the stream does.
     *
     * @param digest what it should be
     * @param content the bytes; not closed
     * @return what became of it
     * @throws IOException if the stream breaks or the store fails; nothing is kept then
     */
    PutOutcome put(Sha256 digest, InputStream content) throws IOException;

    /**
     * Takes a file that lies on this machine; it stays where it is.
     *
     * @param digest what it should be
     * @param file where it is
     * @return what became of it
     * @throws IOException if the file cannot be read or the store fails; nothing is kept then
     */
    default PutOutcome put(Sha256 digest, Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return put(digest, content);
        }
    }

    /**
     * Takes content into use, and makes it readable as a file; a store that is far away fetches it.
     *
     * @param digest the digest of the content
     * @return the lease, to be closed after use, or empty if there is no such content
     * @throws IOException if it cannot be fetched
     */
    Optional<ContentLease> lease(Sha256 digest) throws IOException;

    /** Frees what this object holds; the content stays. Can be called twice. */
    @Override
    void close();
}
