package io.renderfleet.orchestrator;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.renderfleet.node.server.NodeMain;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Where the environment names an endpoint of OpenTelemetry, orchestrator and nodes")
@Timeout(180)
class TracingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final HexFormat HEX = HexFormat.of();

    /** A span with the program that sent it. */
    private record Sent(String service, Span span) {
        String id() {
            return hex(span.getSpanId());
        }

        String parent() {
            return hex(span.getParentSpanId());
        }
    }

    @TempDir
    Path folder;

    private final List<Sent> received = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<ServerProcess> nodes = new ArrayList<>();
    private HttpServer collector;

    private static String hex(ByteString id) {
        return HEX.formatHex(id.toByteArray());
    }

    @BeforeEach
    void listen() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", this::take);
        collector.start();
    }

    @AfterEach
    void stop() {
        nodes.forEach(ServerProcess::close);
        collector.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (InputStream body =
                    zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
                keep(ExportTraceServiceRequest.parseFrom(body));
            } catch (InvalidProtocolBufferException wrong) {
                exchange.sendResponseHeaders(400, -1);
                return;
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void keep(ExportTraceServiceRequest request) {
        for (ResourceSpans of : request.getResourceSpansList()) {
            String service = of.getResource().getAttributesList().stream()
                    .filter(attribute -> attribute.getKey().equals("service.name"))
                    .map(attribute -> attribute.getValue().getStringValue())
                    .findFirst()
                    .orElse("");
            of.getScopeSpansList()
                    .forEach(scope -> scope.getSpansList().forEach(span -> received.add(new Sent(service, span))));
        }
    }

    private Map<String, String> environment() {
        return Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + collector.getAddress().getPort(),
                "OTEL_BSP_SCHEDULE_DELAY",
                "200");
    }

    private ServerProcess node(String name) throws IOException {
        ServerProcess node = ServerProcess.start(
                NodeMain.class,
                folder,
                environment(),
                "--port=0",
                "--engine=test-pattern",
                "--node-id=" + name,
                "--output-root",
                folder.resolve(name).toString());
        nodes.add(node);
        return node;
    }

    private List<Sent> sent(String name) {
        return received.stream()
                .filter(sent -> sent.span().getName().equals(name))
                .toList();
    }

    private static String attribute(Sent sent, String key) {
        return sent.span().getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .map(attribute -> attribute.getValue().getStringValue())
                .findFirst()
                .orElse("");
    }

    private JsonNode get(URI uri) throws IOException, InterruptedException {
        return JSON.readTree(client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** Renders twenty frames on two nodes, of which one is killed once it has a batch, if that is asked for. */
    private void render(boolean loseOne) throws Exception {
        ServerProcess first = node("first");
        ServerProcess second = node("second");
        try (ServerProcess orchestrator = ServerProcess.start(
                OrchestratorMain.class,
                folder,
                environment(),
                "--port=0",
                "--renderer=test-pattern",
                "--output-root",
                folder.resolve("farm").toString(),
                "--node",
                first.uri().toString(),
                "--node",
                second.uri().toString())) {
            URI farm = orchestrator.uri();
            HttpResponse<String> submitted = client.send(
                    HttpRequest.newBuilder(farm.resolve("/render"))
                            .header("Content-Type", "application/json")
                            .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"from\":1,\"to\":20,\"batchSize\":5,\"settings\":{\"width\":1600,\"height\":900}}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            URI job = farm.resolve(
                    "/jobs/" + JSON.readTree(submitted.body()).get("jobId").asText());
            if (loseOne) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> get(job).findValuesAsText("node").contains("first"));
                first.kill();
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(100))
                    .until(() -> get(job).path("state").asText().equals("completed"));
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(sent("render job")).hasSize(1);
                assertThat(sent("render")).hasSizeGreaterThanOrEqualTo(3);
            });
        }
    }

    private void assertOneTree() {
        assertThat(received)
                .allSatisfy(sent -> assertThat(hex(sent.span().getTraceId())).isEqualTo(TRACE));
        Sent whole = sent("render job").get(0);
        assertThat(whole.service()).isEqualTo("render-orchestrator");
        assertThat(whole.parent()).isEqualTo(CALLER);
        List<Sent> attempts = sent("attempt");
        assertThat(attempts).extracting(Sent::parent).containsOnly(whole.id());
        List<Sent> runs = sent("render");
        assertThat(runs).allSatisfy(run -> assertThat(run.service()).isEqualTo("render-node"));
        assertThat(attempts)
                .extracting(Sent::id)
                .containsAll(runs.stream().map(Sent::parent).toList());
        assertThat(runs)
                .extracting(Sent::id)
                .containsAll(sent("frame").stream().map(Sent::parent).toList());
    }

    @Test
    @DisplayName("send the spans of one trace, from the caller's to each frame")
    void oneTrace() throws Exception {
        render(false);

        assertOneTree();
        assertThat(sent("attempt"))
                .hasSize(4)
                .extracting(attempt -> attribute(attempt, "renderfleet.outcome"))
                .containsOnly("COMPLETED");
        assertThat(sent("frame")).hasSize(20);
        assertThat(sent("queue")).hasSize(1);
        assertThat(sent("dispatch")).hasSize(4);
    }

    @Tag("long")
    @Test
    @DisplayName("link what is rendered again to the attempt on a node that was lost")
    void lostNode() throws Exception {
        render(true);

        assertOneTree();
        List<Sent> lost = sent("attempt").stream()
                .filter(attempt -> attribute(attempt, "renderfleet.outcome").equals("LOST"))
                .toList();
        assertThat(lost)
                .isNotEmpty()
                .allSatisfy(attempt ->
                        assertThat(attribute(attempt, "renderfleet.node")).isEqualTo("first"));
        Set<String> lostIds = lost.stream().map(Sent::id).collect(toSet());
        assertThat(sent("attempt"))
                .anySatisfy(again -> assertThat(again.span().getLinksList())
                        .extracting(link -> hex(link.getSpanId()))
                        .containsAnyElementsOf(lostIds));
    }
}
