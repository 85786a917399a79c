package io.renderfleet.discovery;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds nodes in a file that is watched for changes: a URL a line, comments behind {@code #}.
 *
 * <pre>{@code
 * # the attic
 * http://node-1:3000
 * http://node-2:3000
 * }</pre>
 *
 * <p>The file is read again every so often, since no file system reports every change (a network share reports none). While it is not
 * there, or a line in it is wrong, the nodes of its last good state stay. Replace the file as a whole, by a rename. Has a daemon thread
 * from {@link #start} to {@link #close}. Thread-safe.
 */
public final class FileDiscovery implements NodeDiscovery {
    private static final Duration USUAL = Duration.ofSeconds(1);

    private final NodesFile nodes;
    private final RepeatedLookup look;

    private FileDiscovery(Path file, Duration every) {
        this.nodes = new NodesFile(file);
        this.look = new RepeatedLookup("the nodes file " + file, every, nodes);
    }

    /**
     * Watches a file, once a second.
     *
     * @param file need not be there yet
     * @return a discovery that has not begun
     */
    public static FileDiscovery of(Path file) {
        return of(file, USUAL);
    }

    /**
     * Watches a file.
     *
     * @param file need not be there yet
     * @param every how often it is read, at least a millisecond
     * @return a discovery that has not begun
     * @throws IllegalArgumentException if the time is shorter
     */
    public static FileDiscovery of(Path file, Duration every) {
        return new FileDiscovery(file, DnsDiscovery.atLeastAMilli(every));
    }

    /**
     * Reads the file once, for a program that wants to refuse a wrong one at its start.
     *
     * @return what it names now
     * @throws IOException if it cannot be read, or a line in it is wrong, with what is wrong in a sentence
     */
    public Set<Target> check() throws IOException {
        return nodes.now();
    }

    @Override
    public void start(Consumer<Set<Target>> snapshots) {
        look.start(snapshots);
    }

    @Override
    public Optional<String> trouble() {
        return look.trouble();
    }

    @Override
    public void close() {
        look.close();
    }

    /** Returns where it looks. */
    @Override
    public String toString() {
        return look.toString();
    }
}
