package io.renderfleet.testkit;

import io.renderfleet.core.local.FileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    private static final String SETTINGS = "server.properties";
    private static final String ADVERTISED = "advertised.listeners";

    private final Path folder;
    private final Properties settings;
    private @Nullable KafkaRaftServer server;

    private KafkaServer(Path folder, Properties settings) {
        this.folder = folder;
        this.settings = settings;
    }

    private static Properties settings(Path folder, List<Integer> ports) {
        String here = "127.0.0.1:" + ports.get(0);
        String controller = "127.0.0.1:" + ports.get(1);
        Properties all = new Properties();
        all.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@" + controller),
                Map.entry("listeners", "PLAINTEXT://" + here + ",CONTROLLER://" + controller),
                Map.entry(ADVERTISED, "PLAINTEXT://" + here),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("inter.broker.listener.name", "PLAINTEXT"),
                Map.entry("log.dirs", folder.resolve("data").toString()),
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                Map.entry("num.network.threads", "1"),
                Map.entry("num.io.threads", "2"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"),
                Map.entry("group.share.record.lock.duration.ms", "" + 1_000 * LOCK_SECONDS),
                Map.entry("group.share.min.record.lock.duration.ms", "1000"),
                Map.entry("group.share.heartbeat.interval.ms", "500"),
                Map.entry("group.share.min.heartbeat.interval.ms", "100"),
                Map.entry("group.initial.rebalance.delay.ms", "0")));
        return all;
    }

    /**
     * Starts a server.
     *
     * @return a server that takes connections
     */
    public static KafkaServer start() {
        try {
            return startIn(Files.createTempDirectory("renderfleet-kafka-"), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a server in a folder. Where an earlier one has left its data there, this one has its ports and messages; so a test can have one in
     * a process of its own, kill it, and start it again.
     *
     * @param folder a folder, which goes when the server is closed
     * @param more settings of Kafka's server by their own names, for a folder that is new; they win over those of this class
     * @return a server that takes connections
     * @throws IOException if the folder cannot be used
     */
    public static KafkaServer startIn(Path folder, Map<String, String> more) throws IOException {
        Path file = folder.resolve(SETTINGS);
        boolean isNew = Files.notExists(file);
        if (isNew) {
            Properties all = settings(folder, FreePorts.find(2));
            all.putAll(more);
            try (Writer writer = Files.newBufferedWriter(file)) {
                all.store(writer, null);
            }
        }
        KafkaServer made = new KafkaServer(folder, Utils.loadProps(file.toString()));
        if (isNew) {
            made.format();
        }
        made.startServer();
        return made;
    }

    private void format() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        int code = StorageTool.execute(
                new String[] {
                    "format",
                    "-t",
                    org.apache.kafka.common.Uuid.randomUuid().toString(),
                    "-c",
                    folder.resolve(SETTINGS).toString()
                },
                nowhere);
        if (code != 0) {
            throw new IllegalStateException("Kafka's folder could not be made: " + folder);
        }
    }

    /** Starts the server again after {@link #stop}; what it had confirmed is there again. */
    public void startServer() {
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
     * Says where it is: the first of its {@code advertised.listeners}.
     *
     * @return such as {@code kafka://127.0.0.1:45678}
     */
    public URI address() {
        return URI.create(settings.getProperty(ADVERTISED)
                .replaceFirst("^[A-Z_]+", "kafka")
                .replaceFirst(",.*", ""));
    }

    @Override
    public void close() {
        stop();
        FileTree.remove(folder);
    }
}
