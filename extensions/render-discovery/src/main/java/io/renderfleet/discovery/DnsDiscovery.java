package io.renderfleet.discovery;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds nodes by DNS: by the addresses of a name (A and AAAA), all on one port, or by the services under a name (SRV, RFC 2782), which have
 * hosts and ports. Priorities and weights are not looked at: every node gets work as it is free.
 *
 * <pre>{@code
 * DnsDiscovery.services("_render._tcp.farm.example").build()
 * DnsDiscovery.addresses("nodes.farm.example", 3000).build()
 * }</pre>
 *
 * <p>An answer without records means that there are no nodes. A name that is not known, a server that fails, and no answer are errors: the
 * nodes of the last answer stay. Names are complete ones, since no search list is used. Has a daemon thread from {@link #start} to {@link
 * #close}. Thread-safe.
 */
public final class DnsDiscovery implements NodeDiscovery {
    private final RepeatedLookup look;

    private DnsDiscovery(Builder from) {
        DnsRecords records = new DnsRecords(from.server);
        this.look = new RepeatedLookup(
                "DNS for " + from.name,
                from.every,
                from.port == null
                        ? () -> records.services(from.scheme, from.name)
                        : () -> records.addresses(from.scheme, from.name, from.port));
    }

    /**
     * Begins a discovery by the addresses of a name.
     *
     * @param name such as {@code nodes.farm.example}
     * @param port on which all nodes listen, 1 to 65535
     * @return a new builder, not thread-safe
     * @throws IllegalArgumentException if that is no name or no port
     */
    public static Builder addresses(String name, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ": it must be from 1 to 65535");
        }
        return new Builder(DnsRecords.checked(name), port);
    }

    /**
     * Begins a discovery by the services under a name.
     *
     * @param name such as {@code _render._tcp.farm.example}
     * @return a new builder, not thread-safe
     * @throws IllegalArgumentException if that is no name
     */
    public static Builder services(String name) {
        return new Builder(DnsRecords.checked(name), null);
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

    static Duration atLeastAMilli(Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException("every is " + value + ": it must be at least a millisecond");
        }
        return value;
    }

    /** Gathers what to ask. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final @Nullable Integer port;
        private Duration every = Duration.ofSeconds(10);
        private String scheme = "http";
        private @Nullable String server;

        private Builder(String name, @Nullable Integer port) {
            this.name = name;
            this.port = port;
        }

        /**
         * Sets how often to ask.
         *
         * @param value at least a millisecond; default 10 s
         * @return this builder
         * @throws IllegalArgumentException if it is shorter
         */
        public Builder every(Duration value) {
            every = atLeastAMilli(value);
            return this;
        }

        /**
         * Has nodes called by {@code https}.
         *
         * @return this builder
         */
        public Builder https() {
            scheme = "https";
            return this;
        }

        /**
         * Sets whom to ask; default the servers of this machine's own configuration.
         *
         * @param hostAndPort such as {@code 10.0.0.2:53}
         * @return this builder
         */
        public Builder server(String hostAndPort) {
            server = hostAndPort;
            return this;
        }

        /**
         * Makes the discovery.
         *
         * @return one that has not begun
         */
        public DnsDiscovery build() {
            return new DnsDiscovery(this);
        }
    }
}
