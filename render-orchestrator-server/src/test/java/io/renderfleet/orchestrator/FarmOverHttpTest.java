package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.CommandEngine;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.transport.http.HttpTransport;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An orchestrator with nodes behind HTTP")
@Timeout(120)
class FarmOverHttpTest {
    private static final String TOKEN = "a-token-of-some-length";
    private static final String TINY = "\"settings\": {\"width\": 32, \"height\": 18}";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    FarmOverHttpTest() {}

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private RenderNodeServer node(String name, String... tokens) throws IOException {
        return node(name, new TestPatternEngine(), tokens);
    }

    private RenderNodeServer node(String name, RenderEngine engine, String... tokens) throws IOException {
        RenderNodeServer.Builder server = RenderNodeServer.builder(RenderNode.builder()
                        .engine(engine)
                        .outputRoot(folder.resolve(name))
                        .build())
                .port(0);
        List.of(tokens).forEach(server::token);
        RenderNodeServer started = server.start();
        open.add(started);
        return started;
    }

    private OrchestratorServer orchestrator(OrchestratorServerBuilder builder) throws IOException {
        OrchestratorServer server =
                builder.outputRoot(folder.resolve("frames")).port(0).start();
        open.add(0, server);
        return server;
    }

    private static HttpResponse<String> send(OrchestratorServer server, String method, String path, String body) {
        return TestFarm.send(HttpRequest.newBuilder(server.uri().resolve(path))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonNode render(OrchestratorServer server, String body) {
        HttpResponse<String> submitted = send(server, "POST", "/render", body);
        assertThat(submitted.statusCode()).as(submitted.body()).isEqualTo(202);
        String path = submitted.headers().firstValue("Location").orElseThrow();
        HttpResponse<String> answer = submitted;
        while (answer.statusCode() == 202) {
            answer = TestFarm.send(HttpRequest.newBuilder(server.uri().resolve(path))
                    .header("Accept", "application/json")
                    .header("Prefer", "wait=20"));
        }
        return TestFarm.json(answer);
    }

    @Test
    @DisplayName("has twenty whole pictures in its output folder, rendered on three nodes that share no disk with it")
    void rendersTwentyFrames() throws IOException {
        OrchestratorServerBuilder builder = OrchestratorServer.builder().renderer("test-pattern");
        for (String name : List.of("a", "b", "c")) {
            builder.nodes(node(name).uri().toString());
        }
        OrchestratorServer server = orchestrator(builder);

        JsonNode job = render(server, "{\"from\": 1, \"to\": 20, " + TINY + "}");

        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("completed");
        for (int frame = 1; frame <= 20; frame++) {
            Path picture = folder.resolve(String.format(
                    "frames/%s/blender-render_%04d.png", job.get("id").asText(), frame));
            assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(32);
        }
        assertThat(job.get("batches")).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    @DisplayName("gives a job only to nodes that have its renderer, and leaves it waiting where none has")
    void matchesRenderers() throws IOException {
        Path picture = folder.resolve("red.png");
        BufferedImage red = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
        red.setRGB(1, 1, 0xff0000);
        ImageIO.write(red, "png", picture.toFile());
        CommandEngine copies = CommandEngine.of("cp", picture.toString(), "{output}");
        OrchestratorServer server = orchestrator(OrchestratorServer.builder()
                .nodes(
                        node("draws").uri().toString(),
                        node("copies", copies).uri().toString()));

        JsonNode waiting = TestFarm.json(send(server, "POST", "/render", "{\"from\": 1, \"to\": 2}"));
        JsonNode drawn = render(
                server, "{\"from\": 1, \"to\": 12, \"batchSize\": 1, \"renderer\": \"test-pattern\", " + TINY + "}");
        JsonNode copied = render(server, "{\"from\": 1, \"to\": 12, \"batchSize\": 1, \"renderer\": \"command\"}");

        assertThat(widths(drawn)).containsOnly(32);
        assertThat(widths(copied)).containsOnly(4);
        JsonNode untouched = TestFarm.json(
                send(server, "GET", "/jobs/" + waiting.get("jobId").asText(), ""));
        assertThat(untouched.get("state").asText()).isEqualTo("queued");
        assertThat(untouched.get("renderer").asText()).isEqualTo("blender");
        HttpResponse<String> nonsense =
                send(server, "POST", "/render", "{\"from\": 1, \"to\": 2, \"renderer\": \"a b\"}");
        assertThat(nonsense.statusCode()).isEqualTo(400);
        assertThat(nonsense.body()).contains("renderer");
    }

    private List<Integer> widths(JsonNode job) throws IOException {
        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("completed");
        List<Integer> widths = new ArrayList<>();
        for (int frame = 1; frame <= 12; frame++) {
            Path picture = folder.resolve(String.format(
                    "frames/%s/blender-render_%04d.png", job.get("id").asText(), frame));
            widths.add(ImageIO.read(picture.toFile()).getWidth());
        }
        return widths;
    }

    @Test
    @DisplayName("takes a scene from whoever submits and passes it on to nodes that lack it")
    void passesScenesOn() throws Exception {
        RenderNodeServer node = node("a");
        OrchestratorServer server = orchestrator(OrchestratorServer.builder()
                .renderer("test-pattern")
                .nodes(node.uri().toString()));
        Path scene = Files.writeString(folder.resolve("shot.blend"), "BLENDER-v304 and so on");
        Sha256 digest = Sha256.of(scene);
        String request = "{\"from\": 1, \"to\": 3, \"scene\": \"sha256:" + digest + "\", " + TINY + "}";

        assertThat(send(server, "POST", "/render", request).statusCode()).isEqualTo(422);
        assertThat(send(server, "HEAD", "/scenes/" + digest, "").statusCode()).isEqualTo(404);
        URI place = server.uri().resolve("/scenes/" + digest);
        assertThat(TestFarm.send(HttpRequest.newBuilder(place)
                                .PUT(HttpRequest.BodyPublishers.ofString("something else")))
                        .statusCode())
                .isEqualTo(422);
        for (int status : new int[] {201, 200}) {
            assertThat(TestFarm.send(HttpRequest.newBuilder(place).PUT(HttpRequest.BodyPublishers.ofFile(scene)))
                            .statusCode())
                    .isEqualTo(status);
        }
        assertThat(send(server, "HEAD", "/scenes/" + digest, "").statusCode()).isEqualTo(200);

        JsonNode job = render(server, request);

        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("completed");
        assertThat(node.node().scenes().orElseThrow().has(digest)).isTrue();
    }

    @Test
    @DisplayName("sends its own default scene for requests that name none")
    void sendsItsDefaultScene() throws Exception {
        RenderNodeServer node = node("a");
        Path scene = Files.writeString(folder.resolve("default.blend"), "BLENDER-v304 by default");
        OrchestratorServer server = orchestrator(OrchestratorServer.builder()
                .renderer("test-pattern")
                .nodes(node.uri().toString())
                .defaultScene(scene));

        JsonNode job = render(server, "{\"from\": 1, \"to\": 1, " + TINY + "}");

        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("completed");
        assertThat(node.node().scenes().orElseThrow().has(Sha256.of(scene))).isTrue();
    }

    @Test
    @DisplayName("refuses scenes that are too large, or for which there is no room")
    void limitsScenes() throws Exception {
        OrchestratorServer server = orchestrator(OrchestratorServer.builder()
                .renderer("test-pattern")
                .sceneLimit(1_000)
                .sceneQuota(1_500));
        int[] sizes = {1_001, 1_000, 900};
        int[] expected = {413, 201, 507};
        for (int i = 0; i < sizes.length; i++) {
            Path scene = Files.write(folder.resolve("scene-" + i), new byte[sizes[i]]);
            URI place = server.uri().resolve("/scenes/" + Sha256.of(scene));
            HttpResponse<String> answer =
                    TestFarm.send(HttpRequest.newBuilder(place).PUT(HttpRequest.BodyPublishers.ofFile(scene)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected[i]);
        }
        assertThat(send(server, "PUT", "/scenes/abc", "").statusCode()).isEqualTo(400);
    }

    @Test
    @DisplayName("works with the simplest node there can be, and says that its frames are unverified")
    void worksWithTheSimplestNode() throws IOException {
        try (SimplestNode node = new SimplestNode()) {
            OrchestratorServer server = orchestrator(OrchestratorServer.builder()
                    .renderer("test-pattern")
                    .nodes(node.uri().toString()));

            JsonNode job = render(server, "{\"from\": 1, \"to\": 5}");

            assertThat(job.get("state").asText()).isEqualTo("completed");
            assertThat(job.get("unverified").asText()).isEqualTo("1-5");
            assertThat(job.get("status").asText()).startsWith("Job completed");
            assertThat(node.bodies).hasSize(1);
        }
    }

    @Test
    @DisplayName("lets in only who bears the token, and bears that of its nodes")
    void wantsTokens() throws IOException {
        String nodeToken = "another-token-of-some-length";
        RenderNodeServer node = node("a", nodeToken);
        OrchestratorServer server = orchestrator(OrchestratorServer.builder()
                .renderer("test-pattern")
                .token(TOKEN)
                .transport(HttpTransport.builder().token(nodeToken).build())
                .nodes(node.uri().toString()));

        for (String path : List.of("/jobs", "/nodes", "/status/x", "/jobs/x/frames", "/scenes/x", "/nothing")) {
            HttpResponse<String> refused = send(server, "GET", path, "");
            assertThat(refused.statusCode()).as(path).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
        }
        assertThat(send(server, "POST", "/render", "{\"from\": 1, \"to\": 1}").statusCode())
                .isEqualTo(401);
        assertThat(send(server, "GET", "/health/ready", "").statusCode()).isEqualTo(200);

        HttpResponse<String> submitted =
                TestFarm.send(HttpRequest.newBuilder(server.uri().resolve("/render"))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + TOKEN)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"from\": 1, \"to\": 2, " + TINY + "}")));
        assertThat(submitted.statusCode()).isEqualTo(202);
        HttpResponse<String> done = TestFarm.send(HttpRequest.newBuilder(server.uri()
                        .resolve(submitted.headers().firstValue("Location").orElseThrow()))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Prefer", "wait=20"));
        assertThat(done.body()).isEqualTo("Job completed\n");
    }

    @Test
    @DisplayName("answers only to its own names")
    void answersToItsOwnNames() throws Exception {
        OrchestratorServer server = orchestrator(
                OrchestratorServer.builder().renderer("test-pattern").allowedHosts(List.of("farm.example")));

        assertThat(raw(server, "localhost")).startsWith("HTTP/1.1 200");
        assertThat(raw(server, "farm.example")).startsWith("HTTP/1.1 200");
        assertThat(raw(server, "evil.example")).startsWith("HTTP/1.1 421");
    }

    private static String raw(OrchestratorServer server, String host) throws IOException {
        try (java.net.Socket socket =
                new java.net.Socket(server.uri().getHost(), server.uri().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("GET /nodes HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    @Test
    @DisplayName("does not listen where others can reach it unless that is asked for")
    void staysAtHome() {
        OrchestratorServerBuilder builder = OrchestratorServer.builder()
                .renderer("test-pattern")
                .host("0.0.0.0")
                .port(0);

        org.assertj.core.api.Assertions.assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("set a token");
    }

    @Test
    @DisplayName("is a handler for the server of an application, with a farm of the application's, below any path")
    void isAHandler() throws Exception {
        RenderExecutor farm = RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(HttpTransport.create())
                .nodes(node("a").uri().toString())
                .outputRoot(folder.resolve("own"))
                .build();
        open.add(0, farm);
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(
                new ContextHandler(OrchestratorServer.builder().executor(farm).handler(), "/farm"));
        server.start();
        open.add(0, server::stop);
        URI base = URI.create("http://127.0.0.1:" + connector.getLocalPort());

        HttpResponse<String> submitted = TestFarm.send(HttpRequest.newBuilder(base.resolve("/farm/render"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"from\": 1, \"to\": 2, " + TINY + "}")));
        String location = submitted.headers().firstValue("Location").orElseThrow();
        assertThat(location).startsWith("/farm/status/");
        assertThat(TestFarm.send(HttpRequest.newBuilder(base.resolve(location)).header("Prefer", "wait=20"))
                        .body())
                .isEqualTo("Job completed\n");
        assertThat(IntStream.of(1, 2).mapToObj(i -> folder.resolve("own"))).allMatch(Files::isDirectory);
    }
}
