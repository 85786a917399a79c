package io.renderfleet.testkit;

import io.renderfleet.core.local.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server of S3 buckets for tests, which needs the program {@link ExternalTool#WEED}. Its ports and folders are its own, and all of it goes in the
 * end. {@link SeaweedServers} gives one to all test classes that want it.
 */
public final class SeaweedServer implements AutoCloseable {
    /** Who may do everything. */
    public static final String ACCESS_KEY = "farm";

    /** The secret of {@link #ACCESS_KEY}. */
    public static final String SECRET_KEY = "of-the-farm-in-tests";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);
    private static final int LOOK_MILLIS = 200;
    private static final int PORTS = 8;
    private static final String IDENTITIES = """
            {"identities": [{"name": "farm", "actions": ["Admin", "Read", "Write", "List"],
              "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}
            """;

    private final Path folder;
    private final String host;
    private final int port;
    private final int filerPort;
    private final Process process;

    private SeaweedServer(Path folder, Path program, InetAddress host, List<Integer> ports) throws IOException {
        this.folder = folder;
        this.host = host.getHostAddress();
        this.port = ports.get(0);
        this.filerPort = ports.get(3);
        Path identities = folder.resolve("identities.json");
        Files.writeString(identities, IDENTITIES.formatted(ACCESS_KEY, SECRET_KEY));
        Path data = Files.createDirectory(folder.resolve("data"));
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        program.toString(),
                        "-logtostderr=true",
                        "server",
                        "-dir=" + data,
                        "-ip=" + this.host,
                        "-ip.bind=" + this.host,
                        "-s3",
                        "-s3.port=" + port,
                        "-s3.config=" + identities,
                        "-s3.port.iceberg=0",
                        "-master.port=" + ports.get(1),
                        "-volume.port=" + ports.get(2),
                        "-filer.port=" + ports.get(3),
                        "-master.port.grpc=" + ports.get(4),
                        "-volume.port.grpc=" + ports.get(5),
                        "-filer.port.grpc=" + ports.get(6),
                        "-s3.port.grpc=" + ports.get(7),
                        "-master.volumeSizeLimitMB=64",
                        "-volume.max=40"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("server.txt").toFile());
        // Seven volumes would be made for the first object of each bucket, and there may not be so many.
        builder.environment().put("WEED_MASTER_VOLUME_GROWTH_COPY_1", "1");
        this.process = builder.start();
    }

    /**
     * Starts a server; without SeaweedFS on this machine the calling test ends here, skipped or failed.
     *
     * @return a server that answers
     */
    public static SeaweedServer start() {
        return start(InetAddress.getLoopbackAddress());
    }

    /**
     * Starts a server.
     *
     * @param host the address of this machine, of IPv4, on which it listens
     * @return a server that answers
     */
    public static SeaweedServer start(InetAddress host) {
        Path program = ExternalTool.WEED.require();
        try {
            SeaweedServer made =
                    new SeaweedServer(Files.createTempDirectory("renderfleet-seaweed-"), program, host, freePorts());
            made.awaitAnswer();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (int i = 0; i < PORTS; i++) {
                open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return open.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }

    /** It is ready once it makes buckets; before, it answers that it cannot. */
    private void awaitAnswer() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                String said = Files.readString(folder.resolve("server.txt"));
                close();
                throw new IOException("SeaweedFS does not answer: " + said);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
    }

    private boolean answers() {
        try {
            HttpURLConnection call =
                    (HttpURLConnection) address().resolve("/healthz").toURL().openConnection();
            call.setConnectTimeout(LOOK_MILLIS);
            call.setReadTimeout(10 * LOOK_MILLIS);
            return call.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Says where it is. Buckets are named in the path.
     *
     * @return the endpoint
     */
    public URI address() {
        return URI.create("http://" + host + ":" + port + "/");
    }

    /**
     * Makes a bucket; one that is there is left as it is.
     *
     * @param name what it is called
     * @throws IOException if that does not work
     */
    public void makeBucket(String name) throws IOException {
        // A bucket is a folder of the server's file system, which wants no signature.
        HttpURLConnection call =
                (HttpURLConnection) URI.create("http://" + host + ":" + filerPort + "/buckets/" + name + "/")
                        .toURL()
                        .openConnection();
        call.setRequestMethod("POST");
        int status = call.getResponseCode();
        if (status >= 300 && status != HttpURLConnection.HTTP_CONFLICT) {
            throw new IOException("the bucket " + name + " cannot be made: " + status);
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        FileTree.remove(folder);
    }
}
