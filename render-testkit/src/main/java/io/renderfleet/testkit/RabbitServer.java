package io.renderfleet.testkit;

import io.renderfleet.core.local.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A RabbitMQ for tests, which needs the program {@link ExternalTool#RABBITMQ}. Its ports, names, folders, and the daemon that knows them are
 * its own, and all of it goes in the end. {@link RabbitServers} gives one to all test classes that want it.
 */
public final class RabbitServer implements AutoCloseable {
    /** Debian's program on the path changes the user; this one does not. */
    private static final Path PLAIN = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

    /** How a client of AMQP 0-9-1 begins to speak; a server that is ready answers. */
    private static final byte[] HELLO = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);
    private static final int LOOK_MILLIS = 200;

    private final Path folder;
    private final Path program;
    private final int port;
    private final int epmdPort;
    private final int distribution;
    private final String host;
    private final Map<String, String> settings;
    private final Process epmd;
    private @Nullable Process server;

    private RabbitServer(Path folder, Path program, List<Integer> ports, InetAddress host, Map<String, String> settings)
            throws IOException {
        this.folder = folder;
        this.program = program;
        this.port = ports.get(0);
        this.epmdPort = ports.get(1);
        this.distribution = ports.get(2);
        this.host = host.getHostAddress();
        this.settings = Map.copyOf(settings);
        for (String part : List.of("data", "log", "home")) {
            Files.createDirectories(folder.resolve(part));
        }
        Files.writeString(folder.resolve("plugins"), "[].");
        Files.writeString(
                folder.resolve("rabbitmq.conf"),
                "listeners.tcp.1 = " + this.host + ":" + port + "\nlog.console = true\nlog.console.level = warning\n");
        epmd = new ProcessBuilder("epmd", "-port", "" + epmdPort, "-address", "127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("epmd.txt").toFile())
                .start();
    }

    /**
     * Starts a server; without RabbitMQ on this machine the calling test ends here, skipped or failed.
     *
     * @return a server that takes connections
     */
    public static RabbitServer start() {
        return start(InetAddress.getLoopbackAddress(), Map.of());
    }

    /**
     * Starts a server with settings of its own.
     *
     * @param host the address of this machine, of IPv4, on which it listens; user guest comes in from others than loopback only with the setting
     *     {@code loopback_users} of {@code []}
     * @param settings Erlang's terms by the names that they have in the application {@code rabbit}, such as {@code consumer_timeout} with {@code
     *     3000}
     * @return a server that takes connections
     */
    public static RabbitServer start(InetAddress host, Map<String, String> settings) {
        Path found = ExternalTool.RABBITMQ.require();
        try {
            RabbitServer made = new RabbitServer(
                    Files.createTempDirectory("renderfleet-rabbitmq-"),
                    Files.isExecutable(PLAIN) ? PLAIN : found,
                    FreePorts.find(3),
                    host,
                    settings);
            made.startServer();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the server again after {@link #kill}; what it had confirmed is there again.
     *
     * @throws IOException if it does not start within 90 seconds
     */
    public void startServer() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.txt").toFile()));
        builder.environment()
                .putAll(Map.ofEntries(
                        Map.entry("HOME", folder.resolve("home").toString()),
                        Map.entry("RABBITMQ_NODENAME", "t" + port + "@localhost"),
                        Map.entry("RABBITMQ_NODE_IP_ADDRESS", host),
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
                                "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}" + arguments())));
        server = builder.start();
        awaitAnswer();
    }

    private String arguments() {
        StringBuilder all = new StringBuilder();
        settings.forEach(
                (name, term) -> all.append(" -rabbit ").append(name).append(' ').append(term));
        return all.toString();
    }

    private void awaitAnswer() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!answers()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("RabbitMQ does not answer: see " + folder.resolve("server.txt"));
            }
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), LOOK_MILLIS);
            socket.setSoTimeout(10 * LOOK_MILLIS);
            socket.getOutputStream().write(HELLO);
            return socket.getInputStream().read() == 1;
        } catch (IOException e) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            return false;
        }
    }

    /** Ends the server as a loss of power would; what it has confirmed is on its disk. */
    public void kill() {
        Process now = server;
        if (now != null) {
            List<ProcessHandle> all = new ArrayList<>(now.descendants().toList());
            all.add(now.toHandle());
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(one -> one.onExit().orTimeout(10, TimeUnit.SECONDS).join());
            server = null;
        }
    }

    /**
     * Says where it is.
     *
     * @return an address without user and password, which are guest and guest
     */
    public URI address() {
        return URI.create("amqp://" + host + ":" + port);
    }

    @Override
    public void close() {
        kill();
        epmd.destroyForcibly();
        FileTree.remove(folder);
    }
}
