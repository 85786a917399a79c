package io.renderfleet.node.server;

import static io.renderfleet.node.server.TestNode.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A scene")
@Timeout(120)
class SceneCallsTest {
    private static final int LIMIT = 3 << 20;

    @TempDir
    Path root;

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = TestNode.start(
                root,
                Duration.ZERO,
                builder -> builder.sceneLimit(LIMIT).sceneQuota(2 * LIMIT),
                http -> http.rateLimit(null));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static byte[] scene(int seed, int bytes) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static String path(byte[] scene) {
        var digest = Sha256.newDigest();
        digest.update(scene);
        return "/scenes/" + Sha256.of(digest).hex();
    }

    private HttpResponse<String> put(String path, byte[] content) throws Exception {
        return node.send(node.request(path).PUT(BodyPublishers.ofByteArray(content)));
    }

    private int head(String path) throws Exception {
        return node.send(node.request(path).method("HEAD", BodyPublishers.noBody()))
                .statusCode();
    }

    private long partsLeft() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".part")).count();
        } catch (IOException | java.io.UncheckedIOException moving) {
            return -1;
        }
    }

    @Test
    @DisplayName("is stored once, and can then be rendered by its content")
    void stored() throws Exception {
        byte[] scene = scene(1, LIMIT - 10);
        String path = path(scene);
        assertThat(head(path)).isEqualTo(404);
        assertThat(put(path, scene).statusCode()).isEqualTo(201);
        assertThat(head(path)).isEqualTo(200);
        assertThat(put(path, scene).statusCode()).isEqualTo(200);
        HttpResponse<String> taken = node.post("{\"from\":1,\"to\":1,\"scene\":\"sha256:" + path.substring(8) + "\"}");
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    }

    @Test
    @DisplayName("is refused if it is not what was announced, too large, or there is no room")
    void refused() throws Exception {
        byte[] scene = scene(2, 100_000);
        assertProblem(put(path(scene(3, 10)), scene), 422, "digest-mismatch");
        assertThat(head(path(scene(3, 10)))).isEqualTo(404);

        byte[] large = scene(4, LIMIT + 1);
        assertProblem(put(path(large), large), 413, "too-large");
        var chunked = BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large));
        assertProblem(node.send(node.request(path(large)).PUT(chunked)), 413, "too-large");

        assertThat(put(path(scene(5, LIMIT)), scene(5, LIMIT)).statusCode()).isEqualTo(201);
        assertThat(put(path(scene(6, LIMIT)), scene(6, LIMIT)).statusCode()).isEqualTo(201);
        assertProblem(put(path(scene), scene), 507, "quota-exceeded");
        assertProblem(put("/scenes/nonsense", scene), 400, "invalid-request");
        assertThat(partsLeft()).isZero();
    }

    @Test
    @DisplayName("whose upload breaks off leaves nothing, and can be sent again")
    void broken() throws Exception {
        byte[] scene = scene(7, 1_000_000);
        String path = path(scene);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), node.server.uri().getPort())) {
            String head =
                    "PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + scene.length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(scene, 0, 500_000);
            socket.getOutputStream().flush();
            await().until(() -> partsLeft() == 1);
        }
        await().until(() -> partsLeft() == 0);
        assertThat(head(path)).isEqualTo(404);
        assertThat(put(path, scene).statusCode()).isEqualTo(201);
    }

    @Test
    @DisplayName("that many send at once is stored once")
    void atOnce() throws Exception {
        byte[] scene = scene(8, 1_000_000);
        var answers = IntStream.range(0, 8)
                .mapToObj(i -> node.client.sendAsync(
                        node.request(path(scene))
                                .PUT(BodyPublishers.ofByteArray(scene))
                                .build(),
                        BodyHandlers.ofString()))
                .toList();
        for (var answer : answers) {
            assertThat(answer.get().statusCode()).as(answer.get().body()).isIn(200, 201, 429, 507);
        }
        assertThat(head(path(scene))).isEqualTo(200);
        assertThat(partsLeft()).isZero();
    }
}
