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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A RabbitMQ for tests, which needs the program {@link ExternalTool#RABBITMQ}, or for {@link #startFour} a folder that holds another Debian. Its
 * ports, names, folders, and the daemon that knows them are its own, and all of it goes in the end. {@link RabbitServers} gives one to all test
 * classes that want it.
 */
public final class RabbitServer implements AutoCloseable {
    /** Debian's program on the path changes the user; this one does not. */
    private static final Path PLAIN = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

    /** The environment variable that names the root of a file system with RabbitMQ 4 in it, such as a Debian 13 made by {@code debootstrap}. */
    public static final String TREE_OF_FOUR = "RENDERFLEET_RABBITMQ4";

    /** How a client of AMQP 0-9-1 begins to speak; a server that is ready answers. */
    private static final byte[] HELLO = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);
    private static final int LOOK_MILLIS = 200;

    private final Path folder;
    private final List<String> command;
    private final int port;
    private final int epmdPort;
    private final int distribution;
    private final String host;
    private final Map<String, String> settings;
    private final @Nullable Process epmd;
    private @Nullable Process server;

    /** How the server starts, and whether the daemon that knows its ports is started for it; inside a tree it starts its own. */
    private record Program(List<String> command, boolean needsEpmd) {}

    private RabbitServer(
            Path folder, Program program, List<Integer> ports, InetAddress host, Map<String, String> settings)
            throws IOException {
        this.folder = folder;
        this.command = program.command();
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
        epmd = program.needsEpmd()
                ? new ProcessBuilder("epmd", "-port", "" + epmdPort, "-address", "127.0.0.1")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("epmd.txt").toFile())
                        .start()
                : null;
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
        Path plain = Files.isExecutable(PLAIN) ? PLAIN : found;
        return start(folder -> new Program(List.of(plain.toString()), true), host, settings);
    }

    /**
     * Starts a RabbitMQ 4 from the tree that {@value #TREE_OF_FOUR} names, in a process namespace of its own, which needs bubblewrap. Without the
     * variable the calling test ends here, skipped or failed.
     *
     * @return a server that takes connections
     * @throws IllegalArgumentException if the variable names a folder without RabbitMQ
     */
    public static RabbitServer startFour() {
        String named = System.getenv(TREE_OF_FOUR);
        if (named == null || named.isBlank()) {
            throw ExternalTool.missing(TREE_OF_FOUR + " names no tree with RabbitMQ 4");
        }
        Path tree = Path.of(named);
        if (!Files.isExecutable(Path.of(tree.toString() + PLAIN))) {
            throw new IllegalArgumentException(TREE_OF_FOUR + " is '" + named + "': there is no " + PLAIN + " in it");
        }
        return start(folder -> new Program(inside(tree, folder), false), InetAddress.getLoopbackAddress(), Map.of());
    }

    /** Everything that the server starts ends with it, since it is alone in its namespace. */
    private static List<String> inside(Path tree, Path folder) {
        return List.of(
                "bwrap",
                "--die-with-parent",
                "--unshare-pid",
                "--ro-bind",
                tree.toString(),
                "/",
                "--dev",
                "/dev",
                "--proc",
                "/proc",
                "--tmpfs",
                "/tmp",
                "--bind",
                folder.toString(),
                folder.toString(),
                PLAIN.toString());
    }

    private static RabbitServer start(Function<Path, Program> program, InetAddress host, Map<String, String> settings) {
        try {
            Path folder = Files.createTempDirectory("renderfleet-rabbitmq-");
            RabbitServer made = new RabbitServer(folder, program.apply(folder), FreePorts.find(3), host, settings);
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
        ProcessBuilder builder = new ProcessBuilder(command)
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
        if (epmd != null) {
            epmd.destroyForcibly();
        }
        FileTree.remove(folder);
    }
}
