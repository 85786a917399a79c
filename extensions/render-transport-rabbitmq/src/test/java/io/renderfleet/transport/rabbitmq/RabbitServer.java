package io.renderfleet.transport.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.renderfleet.core.local.FileTree;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A RabbitMQ of the tests' own: ports, names, folders and the daemon that knows them are nobody else's, and all of it goes in the end. */
final class RabbitServer implements AutoCloseable {
    /** Debian's program on the path changes the user; this one does not. */
    private static final Path PLAIN = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

    private final Path folder;
    private final Path program;
    private final int port;
    private final int epmdPort;
    private final int distribution;
    private final Process epmd;
    private @Nullable Process server;

    private RabbitServer(Path folder, Path program, List<Integer> ports) throws IOException {
        this.folder = folder;
        this.program = program;
        this.port = ports.get(0);
        this.epmdPort = ports.get(1);
        this.distribution = ports.get(2);
        for (String part : List.of("data", "log", "home")) {
            Files.createDirectories(folder.resolve(part));
        }
        Files.writeString(folder.resolve("plugins"), "[].");
        Files.writeString(
                folder.resolve("rabbitmq.conf"),
                "listeners.tcp.1 = 127.0.0.1:" + port + "\nlog.console = true\nlog.console.level = warning\n");
        epmd = new ProcessBuilder("epmd", "-port", "" + epmdPort, "-address", "127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("epmd.txt").toFile())
                .start();
    }

    /** Starts a server; without RabbitMQ on this machine the calling test ends here, skipped or failed. */
    static RabbitServer start() {
        Path found = ExternalTool.RABBITMQ.require();
        try {
            RabbitServer made = new RabbitServer(
                    Files.createTempDirectory("renderfleet-rabbitmq-"),
                    Files.isExecutable(PLAIN) ? PLAIN : found,
                    freePorts());
            made.startServer();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return open.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }

    void startServer() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.txt").toFile()));
        builder.environment()
                .putAll(Map.ofEntries(
                        Map.entry("HOME", folder.resolve("home").toString()),
                        Map.entry("RABBITMQ_NODENAME", "t" + port + "@localhost"),
                        Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                        Map.entry("RABBITMQ_NODE_PORT", "" + port),
                        Map.entry("RABBITMQ_DIST_PORT", "" + distribution),
                        Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString()),
                        Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                        Map.entry("RABBITMQ_PID_FILE", folder.resolve("pid").toString()),
                        Map.entry(
                                "RABBITMQ_ENABLED_PLUGINS_FILE",
                                folder.resolve("plugins").toString()),
                        Map.entry(
                                "RABBITMQ_CONFIG_FILE",
                                folder.resolve("rabbitmq").toString()),
                        Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
                        Map.entry(
                                "RABBITMQ_GENERATED_CONFIG_DIR",
                                folder.resolve("made").toString()),
                        Map.entry("ERL_EPMD_PORT", "" + epmdPort),
                        Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                        Map.entry(
                                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                                "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}")));
        server = builder.start();
        Awaitility.await("RabbitMQ is ready, see " + folder)
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .until(this::answers);
    }

    private boolean answers() {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        try (Connection connection = factory.newConnection()) {
            return connection.isOpen();
        } catch (IOException | TimeoutException e) {
            return false;
        }
    }

    /** Ends the server as a loss of power would; what it has confirmed is on its disk. */
    void kill() {
        Process now = server;
        if (now != null) {
            List<ProcessHandle> all = new ArrayList<>(now.descendants().toList());
            all.add(now.toHandle());
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(one -> one.onExit().orTimeout(10, TimeUnit.SECONDS).join());
            server = null;
        }
    }

    URI address() {
        return URI.create("amqp://guest:guest@127.0.0.1:" + port);
    }

    @Override
    public void close() {
        kill();
        epmd.destroyForcibly();
        FileTree.remove(folder);
    }
}
