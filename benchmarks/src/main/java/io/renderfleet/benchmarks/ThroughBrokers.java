package io.renderfleet.benchmarks;

import io.renderfleet.benchmarks.CountedBroker.Traffic;
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
import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
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
import org.jspecify.annotations.Nullable;

/**
 * What a batch costs on its way to a worker and back: in one JVM, directly over HTTP, and through the queues of real brokers and of the Service Bus
 * of the tests, there beside the broker's own client, which makes a round trip with as much safety and messages of the same lengths. Each batch is
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
                "%d batches, then %d one by one; load average %.1f%n%-10s %10s %10s %10s %15s %13s %6s%n",
                all.batches,
                all.alone,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                "way",
                "batches/s",
                "median ms",
                "90 % ms",
                "messages/batch",
                "bare trips/s",
                "ratio");
        all.inOneJvm();
        all.overHttp();
        try (RabbitServer server = RabbitServer.start()) {
            all.through("RabbitMQ", server.address(), null, BareRabbit::new);
        }
        try (KafkaServer server = KafkaServer.start()) {
            all.through("Kafka", server.address(), null, BareKafka::new);
        }
        try (ServiceBusServer server = ServiceBusServer.start()) {
            server.createPool("bench", QueueSettings.USUAL);
            all.through(
                    "ServiceBus", server.address(), server.connectionString(), address -> new BareServiceBus(server));
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
            measure("one JVM", farm);
            System.out.println();
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
            measure("HTTP", farm);
            System.out.println();
        }
    }

    /** Opens a broker's own client. */
    private interface Opening {
        BareClient open(URI address) throws Exception;
    }

    private void through(String name, URI address, @Nullable String password, Opening bare) throws Exception {
        Traffic traffic = new Traffic();
        double perSecond;
        try (RenderNode node = node(name);
                FolderContentStore blobs = FolderContentStore.shared(
                        folder.resolve("blobs-" + name),
                        PLENTY,
                        PLENTY,
                        InstantSource.system(),
                        ContentLayout.asIs("content"));
                QueueWorker worker =
                        QueueWorker.create(node, counted(address, password, "worker", traffic), blobs, "bench");
                RenderExecutor farm = farm(name)
                        .transport(QueueTransport.create(counted(address, password, "coordinator", traffic), blobs))
                        .target(new Target.Pool(URI.create("queue:bench"), 2 * SLOTS))
                        .build()) {
            worker.start();
            perSecond = measure(name, farm);
        }
        double trips = bareTrips(bare, address, traffic);
        // The first batches, which warm everything up, are among those that were sent.
        double perBatch = (double) traffic.messages() / (batches + alone + SLOTS * 5);
        System.out.printf(Locale.ROOT, " %15.1f %13.0f %6.2f%n", perBatch, trips, perSecond / trips);
    }

    /** How many round trips a second the broker's own client makes, with messages of the farm's lengths. */
    private double bareTrips(Opening bare, URI address, Traffic traffic) throws Exception {
        byte[] message = new byte[traffic.lengthOfBatch()];
        byte[] answer = new byte[traffic.lengthOfTalk()];
        try (BareClient client = bare.open(address)) {
            client.trips(SLOTS * 5, message, answer);
            long began = System.nanoTime();
            client.trips(batches, message, answer);
            return batches / ((System.nanoTime() - began) / 1e9);
        }
    }

    private static Broker counted(URI address, @Nullable String password, String client, Traffic traffic) {
        return new CountedBroker(
                BrokerAddress.of("--broker", address, null, password, null).open(client), traffic);
    }

    /** Prints the beginning of a line, and gives batches a second. */
    private double measure(String name, RenderExecutor farm) {
        // Connections, queues, code that is not compiled yet.
        render(farm, SLOTS * 5);
        double perSecond = batches / (render(farm, batches) / 1e9);
        long[] nanos = new long[alone];
        for (int i = 0; i < alone; i++) {
            nanos[i] = render(farm, 1);
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-10s %10.0f %10.1f %10.1f",
                name,
                perSecond,
                nanos[alone / 2] / 1e6,
                nanos[alone * 9 / 10] / 1e6);
        return perSecond;
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
