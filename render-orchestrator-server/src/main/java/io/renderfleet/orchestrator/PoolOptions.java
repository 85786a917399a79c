package io.renderfleet.orchestrator;

import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.http.server.cli.BrokerPassword;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.http.server.cli.SharedStore;
import io.renderfleet.http.server.cli.SharedStoreOptions;
import io.renderfleet.store.s3.S3Content;
import io.renderfleet.store.s3.S3Location;
import io.renderfleet.transport.queue.BrokerAddress;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.queue.SchemeTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that say through which queues work goes. */
final class PoolOptions {
    @Option(
            names = "--pool",
            paramLabel = "KIND:NAME",
            description = "A queue from which workers take batches, as their own --pool NAME; repeatable. The broker's"
                    + " kind goes before it: rabbitmq:gpu, kafka:gpu, servicebus:gpu, jms:gpu.")
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
            description = "The broker of the pools, such as amqp://rabbit:5672/farm, amqps:// for TLS,"
                    + " kafka://one:9092,two:9092/renderfleet, servicebus://NAMESPACE.servicebus.windows.net, or"
                    + " amqp1://artemis:5672.")
    private @Nullable URI broker;

    @Option(
            names = "--broker-user",
            paramLabel = "NAME",
            description =
                    "As whom to sign in there (default: guest, which RabbitMQ lets in from its own machine only).")
    private @Nullable String user;

    @Option(
            names = "--broker-password-file",
            paramLabel = "FILE",
            description = "Holds the password of --broker-user, or a connection string of Service Bus; it can be in"
                    + " RENDER_ORCHESTRATOR_BROKER_PASSWORD instead.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--broker-config",
            paramLabel = "FILE",
            description = "A file of Java properties for the broker's client, such as Kafka's security.protocol and"
                    + " sasl.jaas.config. Only the orchestrator should be able to read it.")
    private @Nullable Path config;

    @Mixin
    private SharedStoreOptions storeOptions = new SharedStoreOptions();

    /** Where the broker is, once that was checked; null where there are no pools. */
    private @Nullable BrokerAddress address;

    private List<URI> addresses = List.of();

    /** What the workers share with this orchestrator, once that was checked; null where there are no pools. */
    private @Nullable SharedStore store;

    /**
     * Checks what was set.
     *
     * @param password that of the broker, from the environment, or null
     * @throws IllegalArgumentException if something is wrong or does not go together, in one sentence
     * @throws IOException if the password cannot be read
     */
    void check(@Nullable String password) throws IOException {
        Flags.requireWithin("--pool-capacity", capacity, 1, 100_000);
        SharedStore named = storeOptions.check().orElse(null);
        if (pools.isEmpty()) {
            if (broker != null || named != null) {
                throw new IllegalArgumentException("--broker and --shared-store are for pools: there is no --pool");
            }
            return;
        }
        if (broker == null || named == null) {
            throw new IllegalArgumentException("--pool needs --broker and --shared-store");
        }
        if (named.isOrchestrator()) {
            throw new IllegalArgumentException(
                    "--shared-store is " + named + ": that is for workers, an orchestrator has a folder or a bucket");
        }
        if (named.isBucket()) {
            var unused = bucket(named);
        }
        BrokerAddress where = BrokerAddress.of(
                "--broker", broker, user, BrokerPassword.read("--broker", passwordFile, password), config);
        addresses = pools.stream().map(pool -> address(pool, where)).toList();
        address = where;
        store = named;
    }

    private static S3Location bucket(SharedStore named) {
        S3Location whole = Flags.named("--shared-store", () -> S3Location.parse(named.address()));
        S3Location there = Flags.named(
                "--shared-store-endpoint", () -> whole.at(named.bucket().endpoint()));
        return Flags.named(
                        "--shared-store-region", () -> there.in(named.bucket().region()))
                .pathStyle(named.bucket().pathStyle());
    }

    private static URI address(String pool, BrokerAddress where) {
        String prefix = where.kind().name() + ":";
        if (!pool.startsWith(prefix)) {
            throw new IllegalArgumentException(
                    "--pool is '" + pool + "': it must be like " + prefix + "gpu, since --broker is " + where);
        }
        return URI.create(prefix + BrokerAddress.pool("--pool", pool.substring(prefix.length())));
    }

    /**
     * Opens what the workers share with this orchestrator.
     *
     * @param copies where copies of what is in a bucket lie, unless a flag names a folder
     * @return the store; empty where there are no pools
     * @throws IOException if the folder or the bucket cannot be used
     */
    Optional<ContentStore> content(Path copies) throws IOException {
        SharedStore named = store;
        if (named == null) {
            return Optional.empty();
        }
        InstantSource clock = InstantSource.system();
        if (named.isFolder()) {
            return Optional.of(FolderContentStore.shared(
                    Path.of(named.address()), named.limit(), named.bytes(), clock, ContentLayout.asIs("content")));
        }
        S3Content remote = S3Content.open(bucket(named), named.limit(), named.bytes(), clock);
        return Optional.of(CachedContentStore.open(
                remote, named.copies().folder(copies), named.copies().bytes(), clock));
    }

    /**
     * Adds the way to nodes to a server, and the pools with the way to them.
     *
     * @param server gets them
     * @param nodes the way to nodes
     * @param copies where copies of what is in a bucket lie, unless a flag names a folder
     * @throws IOException if the folder or the bucket that the workers share cannot be used
     */
    void addTo(OrchestratorServerBuilder server, RenderTransport nodes, Path copies) throws IOException {
        Optional<ContentStore> content = content(copies);
        BrokerAddress where = address;
        if (content.isEmpty() || where == null) {
            server.transport(nodes);
            return;
        }
        QueueTransport queue = QueueTransport.create(where.open("render-orchestrator"), content.get());
        List<Target.Pool> targets =
                addresses.stream().map(pool -> new Target.Pool(pool, capacity)).toList();
        server.transport(new SchemeTransport(Map.of(where.kind().name(), queue), nodes))
                .pools(queue, targets)
                .content(content.get());
    }
}
