package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.NodeRegistration;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.store.jdbc.JdbcJobStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Nodes that come and go")
@Timeout(120)
class NodesComeAndGoTest {
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable OrchestratorServer running;

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T closing(T it) {
        open.add(it);
        return it;
    }

    private void farm(Consumer<OrchestratorServerBuilder> settings) throws IOException {
        OrchestratorServerBuilder builder =
                OrchestratorServer.builder().renderer("test-pattern").port(0).outputRoot(folder.resolve("frames"));
        settings.accept(builder);
        running = closing(builder.start());
    }

    private OrchestratorServer orchestrator() {
        return Objects.requireNonNull(running);
    }

    private RenderNodeServer node(String id, Duration perFrame) throws IOException {
        RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine(perFrame))
                .nodeId(new NodeId(id))
                .outputRoot(folder.resolve(id))
                .build();
        return closing(RenderNodeServer.builder(node).port(0).rateLimit(null).start());
    }

    private NodeRegistration registered(RenderNodeServer node, String... orchestrators) {
        NodeRegistration registration = closing(NodeRegistration.builder(node.node(), node.uri())
                .orchestrators(orchestrators)
                .start());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> registration.registeredAt().isPresent());
        return registration;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(orchestrator().uri().resolve(path)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> send(String method, String path, String body) {
        return TestFarm.send(request(path)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    /** Registers by hand, and never again. */
    private HttpResponse<String> offer(String id, URI url) {
        return send("PUT", "/nodes/" + id, "{\"id\": \"" + id + "\", \"url\": \"" + url + "\"}");
    }

    private String state(String id) {
        HttpResponse<String> answer = TestFarm.send(request("/nodes/" + id));
        return answer.statusCode() == 404
                ? "unknown here"
                : TestFarm.json(answer).get("state").asText();
    }

    private void awaitState(String id, String state) {
        await().atMost(Duration.ofSeconds(30)).until(() -> state(id), state::equals);
    }

    private String submit(String frames) {
        return TestFarm.json(send(
                        "POST",
                        "/render",
                        "{\"frames\": \"" + frames + "\", \"settings\": {\"width\": 32, \"height\": 16}}"))
                .get("jobId")
                .asText();
    }

    private JsonNode job(String id) {
        return TestFarm.json(TestFarm.send(request("/jobs/" + id)));
    }

    private void awaitCompleted(String job) {
        await().atMost(Duration.ofSeconds(60)).until(() -> job(job).get("state").asText(), "completed"::equals);
    }

    @Test
    @DisplayName("register themselves, render, and get nothing any more once they have left")
    void registerAndLeave() throws Exception {
        farm(it -> {});
        RenderNodeServer node = node("n-1", Duration.ZERO);
        NodeRegistration registration = registered(node, orchestrator().uri().toString());

        assertThat(registration.registeredAt()).contains(orchestrator().uri());
        awaitCompleted(submit("1-5"));
        registration.close();

        assertThat(state("n-1")).isEqualTo("unknown here");
        String waiting = submit("1-2");
        registered(node, orchestrator().uri().toString());
        awaitCompleted(waiting);
        assertThat(job(waiting).get("batches").get(0).get("node").asText()).isEqualTo("n-1");
    }

    @Test
    @DisplayName("whose leases run out get nothing new, are followed to the end, and may come back")
    void leaseRunsOut() throws Exception {
        farm(it -> it.nodeLease(SHORT).batchSize(10));
        RenderNodeServer node = node("n-1", Duration.ofMillis(500));
        assertThat(offer("n-1", node.uri()).statusCode()).isEqualTo(201);
        awaitState("n-1", "up");
        String running = submit("1-6");
        await().until(() -> job(running).get("state").asText(), "running"::equals);

        awaitState("n-1", "left");
        String waiting = submit("7");
        awaitCompleted(running);

        assertThat(job(running).get("batches")).hasSize(1);
        assertThat(job(waiting).get("state").asText()).isEqualTo("queued");
        awaitState("n-1", "unknown here");
        assertThat(offer("n-1", node.uri()).statusCode()).isEqualTo(201);
        awaitCompleted(waiting);
    }

    @Test
    @DisplayName("are followed by an orchestrator that was started again, and get new work once they register there")
    void restartedOrchestrator() throws Exception {
        Path jobs = folder.resolve("jobs");
        farm(it -> it.store(JdbcJobStore.h2(jobs)).batchSize(3));
        RenderNodeServer node = node("n-1", Duration.ofSeconds(1));
        offer("n-1", node.uri());
        String job = submit("1-6");
        await().atMost(Duration.ofSeconds(30)).until(() -> job(job).get("state").asText(), "running"::equals);
        orchestrator().close();

        farm(it -> it.store(JdbcJobStore.h2(jobs)).batchSize(3));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> job(job).get("accepted").asText(), "1-3"::equals);
        awaitState("n-1", "unknown here");
        assertThat(job(job).get("batches")).hasSize(1);

        offer("n-1", node.uri());
        awaitCompleted(job);
        assertThat(job(job).get("batches")).hasSize(2);
    }

    @Test
    @DisplayName("take the place of others whose URL they have, and are one with nodes that were named twice")
    void samePlace() throws Exception {
        RenderNodeServer node = node("n-1", Duration.ZERO);
        farm(it -> {});
        assertThat(offer("n-0", node.uri()).statusCode()).isEqualTo(201);
        awaitState("n-1", "up");

        assertThat(offer("n-1", node.uri()).statusCode()).isEqualTo(201);
        assertThat(send("DELETE", "/nodes/n-0", "").statusCode()).isEqualTo(404);
        assertThat(TestFarm.json(TestFarm.send(request("/nodes"))).get("nodes")).hasSize(1);
        assertThat(send("DELETE", "/nodes/n-1", "").statusCode()).isEqualTo(204);
        assertThat(TestFarm.json(TestFarm.send(request("/nodes"))).get("nodes")).isEmpty();
    }

    @Test
    @DisplayName("keep their lease by telling again and again")
    void heartbeat() throws Exception {
        farm(it -> it.nodeLease(SHORT));
        RenderNodeServer node = node("n-1", Duration.ZERO);
        registered(node, orchestrator().uri().toString());
        awaitState("n-1", "up");

        await().during(SHORT.multipliedBy(3)).atMost(SHORT.multipliedBy(6)).until(() -> state("n-1"), "up"::equals);
    }

    @Test
    @DisplayName("go on to the next orchestrator where one does not answer, and where one sends them to one they know")
    void nextOrchestrator() throws Exception {
        farm(it -> {});
        String leader = orchestrator().uri().toString();
        AtomicInteger asked = new AtomicInteger();
        URI standby = redirecting(leader, asked);
        RenderNodeServer node = node("n-1", Duration.ZERO);

        NodeRegistration behindADeadOne = registered(node, "http://127.0.0.1:1", leader);
        assertThat(behindADeadOne.registeredAt()).contains(orchestrator().uri());
        behindADeadOne.close();
        NodeRegistration behindAStandby = registered(node, standby.toString(), leader);
        assertThat(behindAStandby.registeredAt()).contains(orchestrator().uri());
        assertThat(asked).hasPositiveValue();
    }

    @Test
    @DisplayName("follow nobody to an orchestrator that they do not know")
    void unknownLeader() throws Exception {
        farm(it -> {});
        URI standby = redirecting(orchestrator().uri().toString(), new AtomicInteger());
        RenderNodeServer node = node("n-1", Duration.ZERO);

        NodeRegistration registration = closing(NodeRegistration.builder(node.node(), node.uri())
                .orchestrators(standby.toString())
                .start());

        await().until(() -> registration.trouble().isPresent());
        assertThat(registration.trouble().orElseThrow()).contains("which is none of those we know");
        assertThat(state("n-1")).isEqualTo("unknown here");
    }

    private URI redirecting(String leader, AtomicInteger asked) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            asked.incrementAndGet();
            call.getResponseHeaders().set("Location", leader + call.getRequestURI());
            call.sendResponseHeaders(307, -1);
            call.close();
        });
        server.start();
        open.add(() -> server.stop(0));
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Test
    @DisplayName("are drained and taken back, and stay listed where they were listed by the operator")
    void drain() throws Exception {
        RenderNodeServer node = node("n-1", Duration.ZERO);
        farm(it -> it.nodeLease(SHORT).nodes(node.uri().toString()));
        awaitState("n-1", "up");
        NodeRegistration registration = registered(node, orchestrator().uri().toString());

        assertThat(TestFarm.json(send("POST", "/nodes/n-1/drain", ""))
                        .get("state")
                        .asText())
                .isEqualTo("draining");
        String waiting = submit("1");
        registration.close();
        assertThat(state("n-1")).isEqualTo("draining");
        assertThat(job(waiting).get("state").asText()).isEqualTo("queued");

        assertThat(send("POST", "/nodes/n-1/resume", "").statusCode()).isEqualTo(200);
        awaitCompleted(waiting);
        assertThat(send("DELETE", "/nodes/n-1", "").statusCode()).isEqualTo(204);
        assertThat(state("n-1")).isEqualTo("unknown here");
        assertThat(send("DELETE", "/nodes/n-1", "").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/nodes/n-1/drain", "").statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName("cannot take the id of one that answers elsewhere")
    void takenId() throws Exception {
        farm(it -> {});
        RenderNodeServer node = node("n-1", Duration.ZERO);
        assertThat(offer("n-1", node.uri()).statusCode()).isEqualTo(201);
        awaitState("n-1", "up");

        HttpResponse<String> answer = offer("n-1", URI.create("http://127.0.0.1:1"));

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(TestFarm.json(answer).get("type").asText()).endsWith(":node-id-taken");
        node.close();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> offer("n-1", URI.create("http://127.0.0.1:1")).statusCode(), Integer.valueOf(201)::equals);
    }

    @Test
    @DisplayName("register only where the allow-list lets them")
    void allowList() throws Exception {
        farm(it -> it.nodeUrls("http://127.0.0.1:3001", "*.farm.example"));

        assertThat(offer("n-1", URI.create("http://127.0.0.1:3001")).statusCode())
                .isEqualTo(201);
        assertThat(offer("n-2", URI.create("http://node-2.farm.example:3000")).statusCode())
                .isEqualTo(201);
        HttpResponse<String> refused = offer("n-3", URI.create("http://127.0.0.1:3002"));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(TestFarm.json(refused).get("detail").asText()).contains("http://127.0.0.1:3002", "--node-url-allow");
    }

    @Test
    @DisplayName("say goodbye when their program is told to stop, and finish what they have")
    void programSaysGoodbye() throws Exception {
        farm(it -> {});
        ServerProcess program = closing(ServerProcess.start(
                io.renderfleet.node.server.NodeMain.class,
                folder,
                Map.of(
                        "RENDER_NODE_ORCHESTRATORS",
                        "http://127.0.0.1:1," + orchestrator().uri()),
                "--port=0",
                "--engine=test-pattern",
                "--node-id=n-7",
                "--output-root=n-7"));
        awaitState("n-7", "up");
        awaitCompleted(submit("1-3"));

        program.terminate();

        assertThat(program.awaitEnd()).noneMatch(line -> line.contains("No orchestrator could be told"));
        assertThat(state("n-7")).isEqualTo("unknown here");
    }
}
