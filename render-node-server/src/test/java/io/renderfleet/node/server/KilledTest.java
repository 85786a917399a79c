package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.node.NodeJobState;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.verify.OutputVerifier;
import io.renderfleet.node.verify.Verification;
import io.renderfleet.testkit.ExternalTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What SIGKILL leaves behind; that of Blender is tested where the engine is. */
@Tag("long")
@DisplayName("When SIGKILL strikes")
@Timeout(240)
class KilledTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String SCENE = "a scene that is sent in part only";

    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What the node does when it is killed. */
    enum Moment {
        SUBMIT,
        RENDER,
        SAVE,
        FETCH
    }

    @ParameterizedTest(name = "in the middle of {0}")
    @EnumSource
    @DisplayName("a node, no program goes on, no broken frame has a frame's name, and it knows what it had finished")
    void node(Moment moment) throws Exception {
        boolean blender = moment == Moment.RENDER || moment == Moment.SAVE;
        List<ProcessHandle> children;
        try (NodeProcess node = blender ? nodeWithBlender() : nodeWithTestPattern()) {
            URI uri = node.awaitListening();
            String settings = blender ? BlenderScene.LARGE : "\"settings\":{\"width\":1600,\"height\":1200}";
            String body = "{\"frames\":\"1-3\",\"job\":\"shot\"," + settings + "}";
            if (moment == Moment.SUBMIT) {
                sendAndNotWait(uri, body);
            } else {
                submit(uri, body);
                reach(moment, uri);
            }
            children = node.kill();
        }

        await().atMost(PATIENCE).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(blender).isEqualTo(!children.isEmpty());
        Path out = folder.resolve("out");
        try (RenderNode again = RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(out)
                .build()) {
            Optional<NodeJobView> job = again.job("1");
            assertThat(job.isPresent() || moment == Moment.SUBMIT).isTrue();
            if (job.isPresent()) {
                assertIsSound(again, job.get());
            }
            assertThat(files(out))
                    .allSatisfy(file -> assertThat(file.toString()).doesNotContain(".rendering-"));
            for (Path picture : files(out).stream()
                    .filter(file -> file.toString().endsWith(".png"))
                    .toList()) {
                assertThat(new OutputVerifier().verify(out, picture)).isInstanceOf(Verification.Whole.class);
            }
            assertThat(out.resolve(".node/work")).isEmptyDirectory();
        }
    }

    private NodeProcess nodeWithTestPattern() throws IOException {
        return NodeProcess.start(folder, Map.of(), "--port=0", "--output-root=out", "--engine=test-pattern");
    }

    private NodeProcess nodeWithBlender() throws IOException, InterruptedException {
        Path scene = BlenderScene.save(folder);
        return NodeProcess.start(
                folder,
                Map.of(),
                "--port=0",
                "--output-root=out",
                "--scene=" + scene,
                "--blender=" + ExternalTool.BLENDER.require());
    }

    private static void sendAndNotWait(URI uri, String body) throws IOException {
        try (Socket whole = new Socket(InetAddress.getLoopbackAddress(), uri.getPort());
                Socket half = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
            half.getOutputStream().write(post(body.length(), body.substring(0, 20)));
            whole.getOutputStream().write(post(body.length(), body));
        }
    }

    private static byte[] post(int length, String body) {
        return ("POST /job HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + length
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void submit(URI uri, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri.resolve("/job"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
    }

    private void reach(Moment moment, URI uri) throws Exception {
        if (moment == Moment.RENDER) {
            await().atMost(PATIENCE).until(() -> get(uri, "/job/1").contains("\"current\":{"));
        } else if (moment == Moment.SAVE) {
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> files(folder.resolve("out")).stream()
                            .anyMatch(file -> file.toString().contains(".rendering-")));
        } else {
            await().atMost(PATIENCE).until(() -> !get(uri, "/job/1").contains("\"finished\":\"\""));
            HttpRequest request =
                    HttpRequest.newBuilder(uri.resolve("/job/1/frames/1")).build();
            try (InputStream frame =
                    client.send(request, BodyHandlers.ofInputStream()).body()) {
                assertThat(frame.readNBytes(8)).hasSize(8);
            }
        }
    }

    private String get(URI uri, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri.resolve(path)).build(), BodyHandlers.ofString())
                .body();
    }

    private static void assertIsSound(RenderNode node, NodeJobView job) throws IOException {
        if (job.state() != NodeJobState.COMPLETED) {
            assertThat(job.state()).isEqualTo(NodeJobState.FAILED);
            assertThat(job.failure()).isNotNull();
            assertThat(job.failure().kind()).isEqualTo(FailureKind.NODE_RESTARTED);
        }
        List<FrameOutput> frames = node.frames(job.id()).orElseThrow();
        assertThat(frames).hasSize(job.finished().size());
        for (FrameOutput frame : frames) {
            Path file = node.file(job.id(), frame.frame(), null).orElseThrow();
            assertThat(Sha256.of(file)).isEqualTo(frame.main().sha256());
        }
    }

    private static List<Path> files(Path root) throws IOException {
        if (Files.notExists(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (java.io.UncheckedIOException gone) {
            return List.of(); // A folder went while it was being looked through.
        }
    }

    @Test
    @DisplayName("a client that submits, uploads, waits and fetches, the node keeps nothing of it and goes on")
    void client() throws Exception {
        try (TestNode node = TestNode.slow(folder.resolve("out"), Duration.ofMillis(200))) {
            String id = node.submit("1-30");
            await().until(() -> !node.server.node().frames(id).orElseThrow().isEmpty());
            Path scenes = folder.resolve("out/.node/scenes");
            Process victim = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Client.class.getName(),
                            Integer.toString(node.server.uri().getPort()),
                            id,
                            digest().hex())
                    .redirectErrorStream(true)
                    .start();
            BufferedReader said = victim.inputReader(StandardCharsets.UTF_8);
            assertThat(said.readLine()).isEqualTo("in the middle of everything");
            await().until(() -> !files(scenes).isEmpty());

            victim.destroyForcibly().waitFor();

            await().atMost(PATIENCE).until(() -> files(scenes).isEmpty());
            assertThat(node.server.node().describe().busy()).isEqualTo(1);
            assertThat(node.server.node().job("2")).isEmpty();
            assertThat(node.awaitEnd(id).body()).contains("\"completed\"");
            assertThat(node.send(node.request("/scenes/" + digest()).PUT(BodyPublishers.ofString(SCENE)))
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    private static Sha256 digest() {
        var digest = Sha256.newDigest();
        digest.update(SCENE.getBytes(StandardCharsets.UTF_8));
        return Sha256.of(digest);
    }

    /** A process that is in the middle of four calls until it is killed: port, job, digest of a scene. */
    static final class Client {
        private Client() {}

        public static void main(String[] args) throws Exception {
            int port = Integer.parseInt(args[0]);
            List<Socket> open = List.of(
                    send(port, new String(post(200, "{\"frames\":\"1-"), StandardCharsets.US_ASCII)),
                    send(
                            port,
                            "PUT /scenes/" + args[2] + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                                    + SCENE.length() + "\r\n\r\n" + SCENE.substring(0, 9)),
                    send(port, "GET /job/" + args[1] + " HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=25\r\n\r\n"),
                    send(port, "GET /job/" + args[1] + "/frames/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            open.get(3).getInputStream().read();
            System.out.println("in the middle of everything");
            new CountDownLatch(1).await();
        }

        private static Socket send(int port, String text) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return socket;
        }
    }
}
