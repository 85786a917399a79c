package io.renderfleet.testkit;

import io.renderfleet.core.local.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An etcd of one member for tests, which needs the program {@link ExternalTool#ETCD}. It listens on loopback, on ports of its own, and its
 * data goes in the end. Not thread-safe.
 */
public final class EtcdServer implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int LOOK_MILLIS = 20;

    private final Path folder;
    private final Path program;
    private final int port;
    private final int peerPort;
    private @Nullable Process server;

    private EtcdServer(Path folder, Path program, List<Integer> ports) {
        this.folder = folder;
        this.program = program;
        this.port = ports.get(0);
        this.peerPort = ports.get(1);
    }

    /**
     * Starts a server; without etcd on this machine the calling test ends here, skipped or failed.
     *
     * @return a server that takes connections
     */
    public static EtcdServer start() {
        Path program = ExternalTool.ETCD.require();
        try {
            EtcdServer made =
                    new EtcdServer(Files.createTempDirectory("renderfleet-etcd-"), program, FreePorts.find(2));
            made.startServer();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the server again after {@link #kill}, with what it had. Does nothing where it runs.
     *
     * @throws IOException if it does not start within 30 seconds
     */
    public void startServer() throws IOException {
        if (server != null) {
            return;
        }
        String peer = "http://127.0.0.1:" + peerPort;
        server = new ProcessBuilder(
                        program.toString(),
                        "--name=t",
                        "--data-dir=" + folder.resolve("data"),
                        "--listen-client-urls=" + address(),
                        "--advertise-client-urls=" + address(),
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=t=" + peer)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.txt").toFile()))
                .start();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!answers() || !server.isAlive()) {
            // Who answers on its port is somebody else where it could not have it.
            if (!server.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IOException("etcd does not answer: see " + folder.resolve("server.txt"));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
    }

    /**
     * Whether it is ready for work. It listens before that, and if it is killed before it has written that it is a member of its own cluster, it
     * never has a leader again.
     */
    private boolean answers() {
        try {
            HttpURLConnection asked =
                    (HttpURLConnection) address().resolve("/health").toURL().openConnection(Proxy.NO_PROXY);
            asked.setConnectTimeout(10 * LOOK_MILLIS);
            asked.setReadTimeout(100 * LOOK_MILLIS);
            try (InputStream answer = asked.getInputStream()) {
                return new String(answer.readNBytes(1_000), StandardCharsets.UTF_8).contains("true");
            } finally {
                asked.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the server as a loss of power would; what it has confirmed is on its disk. */
    public void kill() {
        Process now = server;
        if (now != null) {
            now.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
            server = null;
        }
    }

    /**
     * Says where it is.
     *
     * @return such as {@code http://127.0.0.1:2379}
     */
    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        kill();
        FileTree.remove(folder);
    }
}
