package io.renderfleet.orchestrator;

import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.http.server.cli.BrokerAddress;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.queue.SchemeTransport;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say through which queues work goes. */
final class PoolOptions {
    private static final String SCHEME = "rabbitmq";
    private static final long GIB = 1L << 30;

    @Option(
            names = "--pool",
            paramLabel = "rabbitmq:NAME",
            description = "A queue from which workers take batches, as their own --pool NAME; repeatable.")
    private List<String> pools = new ArrayList<>();

    @Option(
            names = "--pool-capacity",
            paramLabel = "N",
            defaultValue = "16",
            description =
                    "How many batches a pool has at most, those that run included: the slots of its workers and a few"
                            + " more (default: ${DEFAULT-VALUE}).")
    private int capacity = 16;

    @Option(
            names = "--broker",
            paramLabel = "URL",
            description = "The broker of the pools, such as amqp://rabbit:5672/farm, or amqps:// for TLS.")
    private @Nullable URI broker;

    @Option(
            names = "--broker-user",
            paramLabel = "NAME",
            description = "As whom to sign in there; the password is RENDER_ORCHESTRATOR_BROKER_PASSWORD"
                    + " (default: guest, which brokers let in from their own machine only).")
    private @Nullable String user;

    @Option(
            names = "--shared-store",
            paramLabel = "DIR",
            description =
                    "A folder that the workers see too, as their own --shared-store: scenes are left there for them,"
                            + " and their frames are found there.")
    private @Nullable Path store;

    @Option(
            names = "--shared-store-gib",
            paramLabel = "GIB",
            defaultValue = "64",
            description = "How much may lie in that folder; what was not used for longest goes first"
                    + " (default: ${DEFAULT-VALUE}).")
    private long gibibytes = 64;

    /** Where the broker is, once that was checked; null where there are no pools. */
    private @Nullable BrokerAddress address;

    /**
     * Checks what was set.
     *
     * @param password that of the broker, from the environment, or null
     * @throws IllegalArgumentException if something is wrong or does not go together, in one sentence
     */
    void check(@Nullable String password) {
        Flags.requireWithin("--pool-capacity", capacity, 1, 100_000);
        Flags.requireWithin("--shared-store-gib", gibibytes, 1, 1L << 20);
        pools.forEach(PoolOptions::address);
        if (pools.isEmpty()) {
            if (broker != null || store != null) {
                throw new IllegalArgumentException("--broker and --shared-store are for pools: there is no --pool");
            }
            return;
        }
        if (broker == null || store == null) {
            throw new IllegalArgumentException("--pool needs --broker and --shared-store");
        }
        address = BrokerAddress.of("--broker", broker, user, password);
    }

    private static URI address(String pool) {
        String prefix = SCHEME + ":";
        if (!pool.startsWith(prefix)) {
            throw new IllegalArgumentException("--pool is '" + pool + "': it must be like rabbitmq:gpu");
        }
        return URI.create(prefix + BrokerAddress.pool("--pool", pool.substring(prefix.length())));
    }

    /** Adds the pools to a server. */
    void addTo(OrchestratorServerBuilder server) {
        pools.forEach(pool -> server.target(new Target.Pool(address(pool), capacity)));
    }

    /**
     * Adds the way to the pools to that to nodes.
     *
     * @param nodes the way to nodes
     * @return what leads to both; {@code nodes} where there are no pools
     * @throws IOException if the shared folder cannot be used
     */
    RenderTransport beside(RenderTransport nodes) throws IOException {
        BrokerAddress where = address;
        if (where == null || store == null) {
            return nodes;
        }
        long bytes = gibibytes * GIB;
        FolderContentStore blobs = FolderContentStore.shared(
                store, Math.min(bytes, 4 * GIB), bytes, InstantSource.system(), ContentLayout.asIs("content"));
        RabbitBroker rabbit = RabbitBroker.at(where.address(), where.user(), where.password(), "render-orchestrator");
        return new SchemeTransport(Map.of(SCHEME, QueueTransport.create(rabbit, blobs)), nodes);
    }
}
