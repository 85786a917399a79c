package io.renderfleet.core.content;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Files that a server keeps by their content. {@link CachedContentStore} makes a {@link ContentStore} of it.
 *
 * <p>Each call is tried once or a few times, blocks as long as the network takes, and ends by itself where the server does not answer. An
 * {@link IOException} says in words for an operator what does not work at the moment, without secrets. Thread-safe.
 */
public interface RemoteContent extends AutoCloseable {

    /**
     * Returns how large one file may be.
     *
     * @return bytes
     */
    long limit();

    /**
     * Returns whether the server has content, which it then keeps for {@link ContentStore#KEPT}.
     *
     * @param digest the digest of the content
     * @return true if it does
     * @throws IOException if that cannot be found out
     */
    boolean has(Sha256 digest) throws IOException;

    /**
     * Sends a file of at most {@link #limit} bytes, unless the server has it.
     *
     * @param digest what it should be
     * @param file where it is on this machine
     * @return what became of it
     * @throws IOException if the file cannot be read, or the server does not take it now
     */
    PutOutcome send(Sha256 digest, Path file) throws IOException;

    /**
     * Opens content for reading; the server keeps it for {@link ContentStore#KEPT}. A stream that breaks off fails, or ends before the content
     * does: its reader compares the digest.
     *
     * @param digest the digest of the content
     * @return a stream, to be closed, or empty if the server does not have it
     * @throws IOException if it cannot be fetched
     */
    Optional<InputStream> open(Sha256 digest) throws IOException;

    /**
     * Has the server give up what is more than it should keep, where it does not do so by itself. {@link CachedContentStore} calls this every
     * two and a half minutes.
     *
     * @throws IOException if that does not work at the moment
     */
    default void tidy() throws IOException {}

    /** Ends what is under way. Can be called twice. */
    @Override
    void close();
}
