package io.renderfleet.core.spi;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** Content in use: it is not given up before the lease is closed. Closing can be done twice, and from any thread. */
public final class ContentLease implements AutoCloseable {
    private final Path path;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes a lease.
     *
     * @param path where the content can be read, absolute
     * @param release called once, when the lease is closed for the first time
     */
    public ContentLease(Path path, Runnable release) {
        this.path = path;
        this.release = release;
    }

    /**
     * Returns where the content is.
     *
     * @return the file as it was sent; in a store that arranges files in another way, what it says
     */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
