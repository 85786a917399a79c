package io.renderfleet.http.server;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one client of {@link EventStreams} gets to read: server-sent events (HTML Living Standard, section 9.2), taken from wherever they
 * are kept, at the client's own pace.
 *
 * <p>{@link #next} and {@link #beat} are called by one thread at a time and return at once.
 */
public interface EventFeed {
    /**
     * Takes what comes next.
     *
     * @return whole events in UTF-8, or null if there is nothing now
     */
    @Nullable ByteBuffer next();

    /**
     * Makes the sign of life that is sent while there is nothing else to send.
     *
     * @return a comment in UTF-8, which may come with an {@code id}
     */
    ByteBuffer beat();

    /**
     * Adds an action that runs whenever there is more, until the subscription is closed.
     *
     * @param more quick; may be called on any thread
     * @return ends the subscription
     */
    Watched.Subscription subscribe(Runnable more);
}
