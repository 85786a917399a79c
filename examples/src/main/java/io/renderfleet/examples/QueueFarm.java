package io.renderfleet.examples;

import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.transport.http.HttpTransport;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.queue.worker.QueueWorker;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/**
 * A farm whose work goes through RabbitMQ: an orchestrator puts batches on a queue, and two workers that nobody calls take them. The workers
 * leave their frames with the orchestrator, so they share no folder with it.
 */
public final class QueueFarm {
    private static final long GIB = 1L << 30;

    private QueueFarm() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/queue-farm").toAbsolutePath();
        URI rabbit = URI.create(args.length > 1 ? args[1] : "amqp://localhost:5672");
        String pool = args.length > 2 ? args[2] : "example";
        run(out, URI.create("rabbitmq:" + pool), name -> RabbitBroker.at(rabbit, "guest", "guest", name));
    }

    /** Only how a broker is opened tells one kind of broker from another; its argument is what the broker calls the connection. */
    static void run(Path out, URI pool, Function<String, Broker> brokers) throws Exception {
        try (OrchestratorServer orchestrator = orchestrator(out, pool, brokers);
                Worker one = new Worker("worker-1", out, pool, brokers, orchestrator.uri());
                Worker other = new Worker("worker-2", out, pool, brokers, orchestrator.uri())) {
            one.start();
            other.start();
            FarmClient client = new FarmClient(orchestrator.uri());
            JobId id = client.render("""
                    {"from": 1, "to": 20, "batchSize": 2, "settings": {"width": 320, "height": 180}}""");
            client.awaitEnd(id);
            List<Path> frames = client.download(id, out.resolve("frames"));
            System.out.println(frames.size() + " frames are in " + out.resolve("frames"));
            orchestrator
                    .farm()
                    .job(id)
                    .orElseThrow()
                    .snapshot()
                    .batches()
                    .forEach(batch ->
                            System.out.println("frames " + batch.frames() + " were rendered by " + batch.node()));
        }
    }

    private static OrchestratorServer orchestrator(Path out, URI pool, Function<String, Broker> brokers)
            throws IOException {
        ContentStore content = FolderContentStore.shared(
                out.resolve("content"), GIB, GIB, InstantSource.system(), ContentLayout.asIs("content"));
        QueueTransport queue = QueueTransport.create(brokers.apply("orchestrator"), content);
        return OrchestratorServer.builder()
                .port(0)
                .renderer("test-pattern")
                .outputRoot(out.resolve("orchestrator"))
                .transport(queue)
                .pools(queue, List.of(new Target.Pool(pool, 4)))
                .content(content)
                .start();
    }

    /** A node that takes its work from the queue, as the program render-worker is one. */
    private static final class Worker implements AutoCloseable {
        private final RenderNode node;
        private final ContentStore content;
        private final QueueWorker worker;

        Worker(String name, Path out, URI pool, Function<String, Broker> brokers, URI orchestrator) throws IOException {
            node = RenderNode.builder()
                    .engine(new TestPatternEngine(Duration.ofMillis(100)))
                    .nodeId(new NodeId(name))
                    .outputRoot(out.resolve(name))
                    .build();
            content = CachedContentStore.open(
                    HttpTransport.builder().content(orchestrator, GIB),
                    out.resolve(name + "-copies"),
                    GIB,
                    InstantSource.system());
            worker = QueueWorker.create(node, brokers.apply(name), content, pool.getSchemeSpecificPart());
        }

        void start() {
            worker.start();
        }

        @Override
        public void close() {
            worker.close();
            content.close();
            node.close();
        }
    }
}
