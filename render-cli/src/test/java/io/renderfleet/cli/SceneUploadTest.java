package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Submitting a scene")
class SceneUploadTest {
    @TempDir
    Path folder;

    private final Map<String, byte[]> scenes = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private HttpServer leader;
    private HttpServer standBy;

    @BeforeEach
    void start() throws IOException {
        leader = server();
        leader.createContext("/", this::answer);
        standBy = server();
        standBy.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Location", url(leader) + exchange.getRequestURI());
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        leader.stop(0);
        standBy.stop(0);
    }

    private static HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        calls.add(method + " " + path.replaceFirst("(?<=/scenes/).*", "*"));
        byte[] body = exchange.getRequestBody().readAllBytes();
        byte[] answer = new byte[0];
        int status = 404;
        if (method.equals("HEAD")) {
            status = scenes.containsKey(path) ? 200 : 404;
        } else if (method.equals("PUT")) {
            scenes.put(path, body);
            status = 201;
        } else if (path.equals("/render")) {
            bodies.add(new String(body, StandardCharsets.UTF_8));
            answer = "{\"jobId\":\"j-1\"}".getBytes(StandardCharsets.UTF_8);
            status = 202;
        }
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private Ran submit(String orchestrators, Path scene, String... more) {
        List<String> args =
                new ArrayList<>(List.of("submit", "--orchestrator", orchestrators, scene.toString(), "1-5"));
        args.addAll(List.of(more));
        return Ran.render(args.toArray(String[]::new));
    }

    @Test
    @DisplayName("sends it once, by its content")
    void sendsOnce() throws IOException {
        Path scene = Files.write(folder.resolve("big.blend"), new byte[3_000_000]);

        Ran first = submit(url(leader), scene);
        Ran second = submit(url(leader), scene);

        assertThat(first.onlyLine()).as(first.toString()).isEqualTo("j-1");
        assertThat(second.err()).contains("big.blend already");
        assertThat(calls)
                .containsExactly("HEAD /scenes/*", "PUT /scenes/*", "POST /render", "HEAD /scenes/*", "POST /render");
        assertThat(scenes)
                .hasSize(1)
                .allSatisfy((path, bytes) -> assertThat(bytes).hasSize(3_000_000));
        assertThat(bodies.get(0))
                .contains("\"scene\":\"sha256:"
                        + scenes.keySet().iterator().next().substring(8));
    }

    @Test
    @DisplayName("packs a folder, and finds the scene in it")
    void packsFolders() throws IOException {
        Path scene = Files.createDirectory(folder.resolve("shot"));
        Files.writeString(scene.resolve("shot.blend"), "scene");
        Files.writeString(scene.resolve("wood.png"), "wood");

        Ran ran = submit(url(leader), scene, "--samples", "8");

        assertThat(ran.code()).as(ran.toString()).isZero();
        assertThat(bodies.get(0)).contains("\"entry\":\"shot.blend\"", "\"samples\":8", "\"name\":\"shot\"");
        assertThat(scenes.values())
                .singleElement()
                .satisfies(zip -> assertThat(new String(zip, 0, 2, StandardCharsets.US_ASCII))
                        .isEqualTo("PK"));
    }

    @Test
    @DisplayName("follows a stand-by to a leader that the user has named")
    void followsToTheLeader() throws IOException {
        Path scene = Files.writeString(folder.resolve("shot.blend"), "scene");

        Ran ran = submit(url(standBy) + "," + url(leader), scene);

        assertThat(ran.onlyLine()).as(ran.toString()).isEqualTo("j-1");
    }

    @Test
    @DisplayName("follows nobody to a place that the user has not named")
    void followsNobodyElsewhere() throws IOException {
        Path scene = Files.writeString(folder.resolve("shot.blend"), "scene");

        Ran ran = submit(url(standBy), scene);

        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE.number());
        assertThat(ran.err()).contains("which --orchestrator does not name");
        assertThat(calls).isEmpty();
    }
}
