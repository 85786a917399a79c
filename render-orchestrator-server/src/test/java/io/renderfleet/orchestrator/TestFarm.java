package io.renderfleet.orchestrator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.http.server.RateLimit;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An orchestrator that listens, with nodes in the same JVM that draw test patterns, and a client. */
final class TestFarm implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PLENTY = 1L << 30;

    final OrchestratorServer server;
    final Path outputs;
    private final List<RenderNode> nodes = new ArrayList<>();
    private final InProcessTransport transport = new InProcessTransport();

    /** Starts so many nodes with a slot each. */
    TestFarm(Path folder, int size, Consumer<OrchestratorServerBuilder> settings) throws IOException {
        outputs = folder.resolve("frames");
        OrchestratorServerBuilder builder = OrchestratorServer.builder()
                .transport(transport)
                .renderer("test-pattern")
                .outputRoot(outputs)
                .content(FolderContentStore.shared(
                        folder.resolve("content"),
                        PLENTY,
                        PLENTY,
                        InstantSource.system(),
                        ContentLayout.asIs("content")))
                // Tests ask faster than clients may; those about the limit set their own.
                .rateLimit(new RateLimit(100_000, Duration.ofSeconds(1)))
                .port(0);
        for (int i = 0; i < size; i++) {
            RenderNode node = RenderNode.builder()
                    .engine(new TestPatternEngine())
                    .outputRoot(folder.resolve("node-" + i))
                    .build();
            nodes.add(node);
            transport.add("node-" + i, node);
            builder.nodes(InProcessTransport.address("node-" + i).toString());
        }
        settings.accept(builder);
        server = builder.start();
    }

    TestFarm(Path folder, int size) throws IOException {
        this(folder, size, builder -> {});
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
    }

    URI uri(String path) {
        return server.uri().resolve(path);
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        return send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    static <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
        try {
            return CLIENT.send(request.build(), body);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) {
        return call("POST", path, body);
    }

    HttpResponse<String> call(String method, String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Submits a job and gives its id. */
    String submit(String body) {
        HttpResponse<String> answer = post("/render", body);
        if (answer.statusCode() != 202) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return json(answer).get("jobId").asText();
    }

    /** Polls until a job has ended, and gives all about it. */
    JsonNode await(String job) {
        while (true) {
            HttpResponse<String> answer =
                    send(request("/status/" + job).header("Prefer", "wait=20").header("Accept", "application/json"));
            if (answer.statusCode() != 202) {
                return json(answer);
            }
        }
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(answer.body(), e);
        }
    }

    @Override
    public void close() {
        server.close();
        nodes.forEach(RenderNode::close);
    }
}
