package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.RenderNodeBuilder;
import io.renderfleet.node.engine.TestPatternEngine;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** A node that draws test patterns, served on a free port, and a client of it. */
final class TestNode implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    /** Small pictures, so that a frame takes milliseconds. */
    static final String SMALL = "\"settings\":{\"width\":32,\"height\":16}";

    final RenderNodeServer server;
    final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private TestNode(RenderNodeServer server) {
        this.server = server;
    }

    /** A node as it comes, without a rate limit. */
    static TestNode start(Path root) throws IOException {
        return start(root, Duration.ZERO, node -> {}, http -> http.rateLimit(null));
    }

    /** A node whose frames take their time. */
    static TestNode slow(Path root, Duration perFrame) throws IOException {
        return start(root, perFrame, node -> {}, http -> http.rateLimit(null));
    }

    static TestNode start(
            Path root, Duration perFrame, Consumer<RenderNodeBuilder> node, Consumer<RenderNodeServer.Builder> http)
            throws IOException {
        RenderNodeBuilder builder =
                RenderNode.builder().engine(new TestPatternEngine(perFrame)).outputRoot(root);
        node.accept(builder);
        RenderNodeServer.Builder server =
                RenderNodeServer.builder(builder.build()).port(0);
        http.accept(server);
        return new TestNode(server.start());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.uri().resolve(path)).timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        assertThat(response.headers().firstValue("Node-Id"))
                .contains(server.node().id().value());
        assertThat(response.headers().firstValue("Boot-Id"))
                .contains(server.node().bootId());
        if (response.statusCode() == 202 || response.statusCode() == 429 || response.statusCode() == 503) {
            assertThat(Integer.parseInt(
                            response.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(1, 60);
        }
        return response;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(headers.length == 0 ? request(path) : request(path).headers(headers));
    }

    HttpResponse<String> post(String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/job").header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> delete(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).DELETE();
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> patch(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").method("PATCH", BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Submits frames as small pictures and returns the job's id. */
    String submit(String frames) throws IOException, InterruptedException {
        HttpResponse<String> response = post("{\"frames\":\"" + frames + "\"," + SMALL + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return json(response).get("id").asText();
    }

    /** Waits for the end of a job, and returns its last answer. */
    HttpResponse<String> awaitEnd(String id) throws IOException, InterruptedException {
        HttpResponse<String> response = get("/job/" + id, "Prefer", "wait=25");
        while (response.statusCode() == 202) {
            response = get("/job/" + id, "Prefer", "wait=25");
        }
        return response;
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    static void assertProblem(HttpResponse<String> response, int status, String type) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = json(response);
        assertThat(problem.get("type").asText()).isEqualTo("urn:renderfleet:problem:" + type);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asText()).isNotEmpty();
        assertThat(problem.get("detail").asText()).isNotEmpty();
    }

    @Override
    public void close() {
        server.close();
    }
}
