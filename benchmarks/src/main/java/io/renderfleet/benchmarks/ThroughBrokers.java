package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.output.FolderOutputs;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.transport.http.HttpTransport;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerAddress;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a batch costs on its way to a worker and back: in one JVM, directly over HTTP, and through the queues of real brokers. Each batch is
 * one frame that costs next to nothing; one node of four slots renders them. Frames are brought home, and the system writes them to the disk
 * when it likes.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.ThroughBrokers 500 50"
 * </pre>
 *
 * <p>Arguments: how many batches the job has whose batches a second are counted (default 500), and how many jobs of one batch follow one
 * another, of which the time is taken from submitting each to its result (default 50).
 */
public final class ThroughBrokers {
    private static final int SLOTS = 4;
    private static final long PLENTY = 1L << 30;
    private static final RenderSettings TINY =
            RenderSettings.builder().width(16).height(9).build();

    private final Path folder;
    private final int batches;
    private final int alone;

    private ThroughBrokers(Path folder, int batches, int alone) {
        this.folder = folder;
        this.batches = batches;
        this.alone = alone;
    }

    /**
     * Prints the table.
     *
     * @param args batches of the large job, and how many jobs of one batch
     * @throws Exception if a way cannot be opened
     */
    public static void main(String[] args) throws Exception {
        ThroughBrokers all = new ThroughBrokers(
                Files.createTempDirectory("renderfleet-through-brokers"),
                args.length > 0 ? Integer.parseInt(args[0]) : 500,
                args.length > 1 ? Integer.parseInt(args[1]) : 50);
        System.out.printf(
                Locale.ROOT,
                "%d batches, then %d one by one; load average %.1f%n%-12s %10s %12s %12s %22s%n",
                all.batches,
                all.alone,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                "way",
                "batches/s",
                "median ms",
                "90 % ms",
                "messages of a batch");
        all.inOneJvm();
        all.overHttp();
        try (RabbitServer server = RabbitServer.start()) {
            all.through("RabbitMQ", server.address());
        }
        try (KafkaServer server = KafkaServer.start()) {
            all.through("Kafka", server.address());
        }
        System.out.println("the frames are in " + all.folder);
    }

    private RenderNode node(String name) throws IOException {
        return RenderNode.builder()
                .engine(new TestPatternEngine(Duration.ZERO))
                .nodeId(new NodeId(name))
                .slots(SLOTS)
                .outputRoot(folder.resolve(name))
                .build();
    }

    private RenderExecutorBuilder farm(String name) {
        return RenderExecutor.builder()
                .renderer("test-pattern")
                .outputs(new FolderOutputs(folder.resolve("out-" + name)).leavingSyncToSystem());
    }

    private void inOneJvm() throws IOException {
        try (RenderNode node = node("jvm");
                RenderExecutor farm = farm("jvm")
                        .transport(new InProcessTransport().add("jvm", node))
                        .nodes(InProcessTransport.address("jvm").toString())
                        .build()) {
            measure("one JVM", farm, new AtomicLong());
        }
    }

    private void overHttp() throws IOException {
        RenderNode node = node("http");
        try (RenderNodeServer server =
                        RenderNodeServer.builder(node).port(0).rateLimit(null).start();
                RenderExecutor farm = farm("http")
                        .transport(HttpTransport.create())
                        .nodes(server.uri().toString())
                        .build()) {
            measure("HTTP", farm, new AtomicLong());
        }
    }

    private void through(String name, URI address) throws IOException {
        AtomicLong messages = new AtomicLong();
        try (RenderNode node = node(name);
                FolderContentStore blobs = FolderContentStore.shared(
                        folder.resolve("blobs-" + name),
                        PLENTY,
                        PLENTY,
                        InstantSource.system(),
                        ContentLayout.asIs("content"));
                QueueWorker worker = QueueWorker.create(node, counted(address, "worker", messages), blobs, "bench");
                RenderExecutor farm = farm(name)
                        .transport(QueueTransport.create(counted(address, "coordinator", messages), blobs))
                        .target(new Target.Pool(URI.create("queue:bench"), 2 * SLOTS))
                        .build()) {
            worker.start();
            measure(name, farm, messages);
        }
    }

    private static Broker counted(URI address, String client, AtomicLong messages) {
        return new CountedBroker(
                BrokerAddress.of("--broker", address, null, null, null).open(client), messages);
    }

    private void measure(String name, RenderExecutor farm, AtomicLong messages) {
        // Connections, queues, code that is not compiled yet.
        render(farm, SLOTS * 5);
        long sent = messages.get();
        double perSecond = batches / (render(farm, batches) / 1e9);
        double perBatch = (double) (messages.get() - sent) / batches;
        long[] nanos = new long[alone];
        for (int i = 0; i < alone; i++) {
            nanos[i] = render(farm, 1);
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-12s %10.0f %12.1f %12.1f %22.1f%n",
                name,
                perSecond,
                nanos[alone / 2] / 1e6,
                nanos[alone * 9 / 10] / 1e6,
                perBatch);
    }

    /** Renders a job, and says for how many nanoseconds. */
    private static long render(RenderExecutor farm, int frames) {
        long began = System.nanoTime();
        farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-" + frames)
                        .settings(TINY)
                        .batchSize(1))
                .completion()
                .join()
                .orThrow();
        return System.nanoTime() - began;
    }
}
