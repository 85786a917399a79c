package io.renderfleet.worker;

import io.renderfleet.http.server.cli.BrokerPassword;
import io.renderfleet.http.server.cli.SharedStore;
import io.renderfleet.http.server.cli.SharedStoreOptions;
import io.renderfleet.http.server.cli.TlsOptions;
import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.queue.BrokerAddress;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that say where a worker gets its work. */
final class QueueOptions {
    @Option(
            names = "--queue",
            paramLabel = "URL",
            description = "The broker to take work from, such as amqp://rabbit:5672/farm, amqps:// for TLS,"
                    + " kafka://one:9092,two:9092/renderfleet, servicebus://NAMESPACE.servicebus.windows.net, or"
                    + " amqp1://artemis:5672.")
    private @Nullable URI queue;

    @Option(
            names = "--pool",
            paramLabel = "NAME",
            defaultValue = "render",
            description = "The name of the queue, as in the orchestrator's --pool (default: ${DEFAULT-VALUE}).")
    private String pool = "render";

    @Option(
            names = "--queue-user",
            paramLabel = "NAME",
            description =
                    "As whom to sign in at the broker (default: guest, which RabbitMQ lets in from its own machine"
                            + " only).")
    private @Nullable String user;

    @Option(
            names = "--queue-password-file",
            paramLabel = "FILE",
            description = "Holds the password of --queue-user, or a connection string of Service Bus; it can be in"
                    + " RENDER_WORKER_QUEUE_PASSWORD instead.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--queue-config",
            paramLabel = "FILE",
            description = "A file of Java properties for the broker's client, such as Kafka's security.protocol and"
                    + " sasl.jaas.config. Only the worker should be able to read it.")
    private @Nullable Path config;

    @Mixin
    private SharedStoreOptions store = new SharedStoreOptions();

    @Mixin
    private StoreAccessOptions access = new StoreAccessOptions();

    /** Where work comes from. */
    record Queue(BrokerAddress broker, String pool, WorkerStore store) {
        /**
         * Makes a worker that has not begun. The store is closed with the process.
         *
         * @param copies where copies of what is far away lie, unless a flag names a folder
         * @throws IOException if the store cannot be used
         */
        QueueWorker worker(RenderNode node, Path copies) throws IOException {
            return QueueWorker.create(node, broker.open("worker " + node.id().value()), store.open(copies), pool);
        }

        @Override
        public String toString() {
            return "pool " + pool + " at " + broker + ", scenes and frames at " + store;
        }
    }

    /**
     * Checks the flags.
     *
     * @param password that of the broker, from the environment, or null
     * @param token for the orchestrator that has the scenes and frames, from the environment, or null
     * @param own what protects this program's own connections
     * @throws IllegalArgumentException if something is wrong, in one sentence
     * @throws IOException if a file cannot be read
     */
    Queue check(@Nullable String password, @Nullable String token, TlsOptions own) throws IOException {
        SharedStore named = store.check().orElse(null);
        if (queue == null || named == null) {
            throw new IllegalArgumentException("--queue and --shared-store are needed");
        }
        return new Queue(
                BrokerAddress.of(
                        "--queue", queue, user, BrokerPassword.read("--queue", passwordFile, password), config),
                BrokerAddress.pool("--pool", pool),
                access.check(named, token, own));
    }

    /** The files with secrets that were named. */
    List<Path> secrets() {
        return Stream.of(Optional.ofNullable(passwordFile), Optional.ofNullable(config), access.tokenFile())
                .flatMap(Optional::stream)
                .toList();
    }
}
