package io.renderfleet.discovery;

import io.renderfleet.core.spi.Target;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a discovery has found so far, for implementations of {@link io.renderfleet.core.spi.NodeDiscovery}: tells it on when it has changed,
 * tells nothing while the outside system cannot be read, and says in the log when an outage begins and when it is over.
 *
 * <p>Thread-safe.
 */
public final class FoundNodes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FoundNodes.class);

    private final String source;
    private @Nullable Consumer<Set<Target>> snapshots;
    private @Nullable Set<Target> last;
    private @Nullable String trouble;
    private boolean closed;

    /**
     * Begins with nothing.
     *
     * @param source where nodes are looked for, without secrets, for the log; the beginning of a sentence
     */
    public FoundNodes(String source) {
        this.source = source;
    }

    /**
     * Sets who is told. Called once.
     *
     * @param listener takes each new set
     * @return false if it is closed already, so that there is nothing to begin
     */
    public synchronized boolean begin(Consumer<Set<Target>> listener) {
        snapshots = listener;
        return !closed;
    }

    /**
     * Takes what the outside system names now, which ends an outage. Told on only if it is another set than the last one.
     *
     * @param now all nodes
     */
    public synchronized void found(Set<Target> now) {
        Consumer<Set<Target>> listener = snapshots;
        if (closed || listener == null) {
            return;
        }
        if (trouble != null) {
            trouble = null;
            log.info("{} can be read again", source);
        }
        if (!now.equals(last)) {
            last = Set.copyOf(now);
            log.info("{} names {} nodes", source, now.size());
            listener.accept(last);
        }
    }

    /**
     * Takes that the outside system cannot be read. What was found stays, however long it lasts. The log says so once for each outage, and
     * again where the reason becomes another one.
     *
     * @param why a sentence without secrets
     */
    public synchronized void troubled(String why) {
        if (!closed && !why.equals(trouble)) {
            trouble = why;
            log.warn("{}: {}; {}", source, why, last == null ? "no node is known from it" : "its last nodes stay");
        }
    }

    /**
     * Takes that a look ended as it never should, by a fault of the program or a class that is missing.
     *
     * @param failure what was thrown
     */
    public void failed(Throwable failure) {
        log.error("{}: a look failed; there will be others", source, failure);
        troubled("a look failed: " + failure);
    }

    /**
     * Says why the outside system cannot be read now.
     *
     * @return the sentence, or empty while it can be read, or has not been read yet
     */
    public synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Tells nothing any more. Can be called twice. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    /** Returns where nodes are looked for. */
    @Override
    public String toString() {
        return source;
    }
}
