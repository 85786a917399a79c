package io.renderfleet.core.content;

import java.nio.file.Path;

/**
 * Content in use: it is not given up before the lease is closed. Closing can be done twice, and from any thread.
 */
public final class ContentLease implements AutoCloseable {
    private final Path folder;
    private final Runnable release;

    ContentLease(Path folder, Runnable release) {
        this.folder = folder;
        this.release = release;
    }

    /**
     * Says where the content is.
     *
     * @return the folder that its {@link Arrangement} has filled, absolute
     */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        release.run();
    }
}
