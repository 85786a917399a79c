package io.renderfleet.discovery.etcd;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the nodes that are announced in etcd, and hears of each change as it happens.
 *
 * <pre>{@code
 * EtcdDiscovery.of(EtcdAccess.to(URI.create("http://etcd-1:2379")))
 * }</pre>
 *
 * <p>It reads all keys under the prefix once and watches them from that revision on. Every {@linkplain #every few seconds} it asks whether
 * etcd still answers and has as many keys; when a watch ends, when its revision has been compacted, and after each outage, it reads
 * everything again. While etcd does not answer, the nodes of the last answer stay, and the log says so. An entry that cannot be read is left
 * out, and named in the log; the others count.
 *
 * <p>Has a daemon thread, and those of etcd's client, from {@link #start} to {@link #close}. Thread-safe.
 */
public final class EtcdDiscovery implements NodeDiscovery {
    private static final Duration USUAL = Duration.ofSeconds(5);

    private final EtcdAccess access;
    private final Map<String, String> labels;
    private final Duration every;
    private final EtcdWatching watching;

    private EtcdDiscovery(EtcdAccess access, Map<String, String> labels, Duration every) {
        this.access = access;
        this.labels = Map.copyOf(labels);
        this.every = every;
        this.watching = new EtcdWatching(access, this.labels, every);
    }

    /**
     * Finds all nodes that are announced there.
     *
     * @param access where etcd is
     * @return a discovery that has not begun
     */
    public static EtcdDiscovery of(EtcdAccess access) {
        return new EtcdDiscovery(access, Map.of(), USUAL);
    }

    /**
     * Finds only the nodes that announce these labels. A node whose labels change comes and goes by that. What a node can render is not
     * decided by them, but by the labels that it tells when it is called.
     *
     * @param wanted names and values, all of which a node must announce; default none
     * @return another discovery that has not begun
     */
    public EtcdDiscovery withLabels(Map<String, String> wanted) {
        return new EtcdDiscovery(access, wanted, every);
    }

    /**
     * Sets how often etcd is asked whether it still answers, and how long to wait after a failure.
     *
     * @param value at least 10 ms; default 5 s
     * @return another discovery that has not begun
     * @throws IllegalArgumentException if it is shorter
     */
    public EtcdDiscovery every(Duration value) {
        if (value.toMillis() < 10) {
            throw new IllegalArgumentException("every is " + value + ": it must be at least 10 ms");
        }
        return new EtcdDiscovery(access, labels, value);
    }

    @Override
    public void start(Consumer<Set<Target>> snapshots) {
        watching.start(snapshots);
    }

    @Override
    public Optional<String> trouble() {
        return watching.trouble();
    }

    @Override
    public void close() {
        watching.close();
    }

    /** Returns where it looks, without secrets. */
    @Override
    public String toString() {
        return access.toString();
    }
}
