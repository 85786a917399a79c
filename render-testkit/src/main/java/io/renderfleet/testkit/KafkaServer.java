package io.renderfleet.testkit;

import io.renderfleet.core.local.FileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka for tests, with share groups, in this JVM. It needs {@code kafka_2.13} and {@code kafka-server} on the class path, which are no
 * dependencies of this module's users. It listens on this machine only. {@link KafkaServers} gives one to all test classes that want it.
 *
 * <p>A message that was taken and not settled is there again after {@value #LOCK_SECONDS} seconds.
 */
public final class KafkaServer implements AutoCloseable {
    /** For how long a message belongs to who has taken it; Kafka's own default is 30. */
    public static final int LOCK_SECONDS = 5;

    private final Path folder;
    private final int port;
    private final Path properties;
    private @Nullable KafkaRaftServer server;

    private KafkaServer(Path folder, List<Integer> ports) throws IOException {
        this.folder = folder;
        this.port = ports.get(0);
        this.properties = folder.resolve("server.properties");
        String here = "127.0.0.1:" + port;
        String controller = "127.0.0.1:" + ports.get(1);
        Files.write(
                properties,
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@" + controller,
                        "listeners=PLAINTEXT://" + here + ",CONTROLLER://" + controller,
                        "advertised.listeners=PLAINTEXT://" + here,
                        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=PLAINTEXT",
                        "log.dirs=" + folder.resolve("data"),
                        "log.cleaner.dedupe.buffer.size=2097152",
                        "num.network.threads=1",
                        "num.io.threads=2",
                        "offsets.topic.replication.factor=1",
                        "offsets.topic.num.partitions=1",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        "transaction.state.log.num.partitions=1",
                        "share.coordinator.state.topic.replication.factor=1",
                        "share.coordinator.state.topic.min.isr=1",
                        "share.coordinator.state.topic.num.partitions=1",
                        "group.share.record.lock.duration.ms=" + 1_000 * LOCK_SECONDS,
                        "group.share.min.record.lock.duration.ms=1000",
                        "group.share.heartbeat.interval.ms=500",
                        "group.share.min.heartbeat.interval.ms=100",
                        "group.initial.rebalance.delay.ms=0"));
    }

    /**
     * Starts a server.
     *
     * @return a server that takes connections
     */
    public static KafkaServer start() {
        try {
            KafkaServer made = new KafkaServer(Files.createTempDirectory("renderfleet-kafka-"), FreePorts.find(2));
            made.format();
            made.startServer();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void format() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        int code = StorageTool.execute(
                new String[] {
                    "format", "-t", org.apache.kafka.common.Uuid.randomUuid().toString(), "-c", properties.toString()
                },
                nowhere);
        if (code != 0) {
            throw new IllegalStateException("Kafka's folder could not be made: " + folder);
        }
    }

    /**
     * Starts the server again after {@link #stop}; what it had confirmed is there again.
     *
     * @throws IOException if its settings cannot be read
     */
    public void startServer() throws IOException {
        Properties settings = Utils.loadProps(properties.toString());
        KafkaRaftServer made = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
        made.startup();
        server = made;
    }

    /** Stops the server; its clients find nobody any more. */
    public void stop() {
        KafkaRaftServer now = server;
        if (now != null) {
            now.shutdown();
            now.awaitShutdown();
            server = null;
        }
    }

    /**
     * Says where it is.
     *
     * @return such as {@code kafka://127.0.0.1:45678}
     */
    public URI address() {
        return URI.create("kafka://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        stop();
        FileTree.remove(folder);
    }
}
