package io.renderfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.Cable;
import io.renderfleet.testkit.KafkaServer;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A Kafka in a process of its own. Clients at the end of a cable hear of that cable as its address. */
final class KafkaProcess implements KilledBroker {
    private final Path folder;
    private final String coordinator;
    private final String workers;
    private final String control = "127.0.0.1:" + freePort();
    private final String inside = "127.0.0.1:" + freePort();
    private final String listeners;
    private @Nullable Process process;

    KafkaProcess(Path folder, Cable forCoordinator, Cable forWorkers) throws IOException {
        this.folder = folder;
        int coordinatorPort = freePort();
        int workersPort = freePort();
        forCoordinator.to(coordinatorPort);
        forWorkers.to(workersPort);
        this.coordinator = ",COORDINATOR://127.0.0.1:" + forCoordinator.port();
        this.workers = ",WORKERS://127.0.0.1:" + forWorkers.port();
        this.listeners = "PLAINTEXT://" + inside + ",COORDINATOR://127.0.0.1:" + coordinatorPort
                + ",WORKERS://127.0.0.1:" + workersPort + ",CONTROLLER://" + control;
        startAgain();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Runs Kafka until the process is killed.
     *
     * @param args the folder, the listeners, what they are called to clients, and the controller
     */
    public static void main(String[] args) throws Exception {
        var unused = KafkaServer.startIn(
                Path.of(args[0]),
                Map.of(
                        "listeners",
                        args[1],
                        "advertised.listeners",
                        args[2],
                        "controller.quorum.voters",
                        "1@" + args[3],
                        "listener.security.protocol.map",
                        "PLAINTEXT:PLAINTEXT,COORDINATOR:PLAINTEXT,WORKERS:PLAINTEXT,CONTROLLER:PLAINTEXT"));
        new CountDownLatch(1).await();
    }

    @Override
    public String kind() {
        return "kafka";
    }

    @Override
    public URI address(Cable cable) {
        return URI.create("kafka://127.0.0.1:" + cable.port());
    }

    @Override
    public void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    @Override
    public void startAgain() throws IOException {
        Process started = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dlogback.configurationFile=io/renderfleet/worker/bad-days-logback.xml",
                        KafkaProcess.class.getName(),
                        folder.toString(),
                        listeners,
                        "PLAINTEXT://" + inside + coordinator + workers,
                        control))
                .redirectErrorStream(true)
                .redirectOutput(
                        Redirect.appendTo(folder.resolveSibling("kafka.log").toFile()))
                .start();
        process = started;
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> answers(started));
    }

    /** A broker that has not started yet refuses connections. */
    private boolean answers(Process started) {
        assertThat(started.isAlive())
                .as("Kafka runs, or kafka.log says why not")
                .isTrue();
        String[] where = inside.split(":", 2);
        try (Socket socket = new Socket(where[0], Integer.parseInt(where[1]))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        kill();
    }
}
