package io.renderfleet.worker;

import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.http.server.cli.BrokerAddress;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.queue.worker.QueueWorker;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say where a worker gets its work. */
final class QueueOptions {
    private static final long GIB = 1L << 30;

    @Option(
            names = "--queue",
            paramLabel = "URL",
            required = true,
            description = "The broker to take work from, such as amqp://rabbit:5672/farm, or amqps:// for TLS.")
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
            description = "As whom to sign in at the broker; the password is RENDER_WORKER_QUEUE_PASSWORD"
                    + " (default: guest, which brokers let in from their own machine only).")
    private @Nullable String user;

    @Option(
            names = "--shared-store",
            paramLabel = "DIR",
            required = true,
            description =
                    "A folder that the orchestrator sees too, as its own --shared-store: scenes are found there, and"
                            + " frames are left there.")
    private @Nullable Path store;

    @Option(
            names = "--shared-store-gib",
            paramLabel = "GIB",
            defaultValue = "64",
            description = "How much may lie in that folder; what was not used for longest goes first"
                    + " (default: ${DEFAULT-VALUE}).")
    private long gibibytes = 64;

    /** Where work comes from. */
    record Queue(BrokerAddress broker, String pool, Path store, long bytes) {
        /** A worker that has not begun. The store is closed with the process. */
        QueueWorker worker(RenderNode node) throws IOException {
            FolderContentStore blobs = FolderContentStore.shared(
                    store, Math.min(bytes, 4 * GIB), bytes, InstantSource.system(), ContentLayout.asIs("content"));
            return QueueWorker.create(
                    node,
                    RabbitBroker.at(
                            broker.address(),
                            broker.user(),
                            broker.password(),
                            "worker " + node.id().value()),
                    blobs,
                    pool);
        }

        @Override
        public String toString() {
            return "pool " + pool + " at " + broker;
        }
    }

    /**
     * Checks the flags.
     *
     * @param password that of the broker, from the environment; null for that of guest
     * @throws IllegalArgumentException if something is wrong, in one sentence
     */
    Queue check(@Nullable String password) {
        if (queue == null || store == null) {
            throw new IllegalArgumentException("--queue and --shared-store are needed");
        }
        Flags.requireWithin("--shared-store-gib", gibibytes, 1, 1L << 20);
        return new Queue(
                BrokerAddress.of("--queue", queue, user, password),
                BrokerAddress.pool("--pool", pool),
                store,
                gibibytes * GIB);
    }
}
