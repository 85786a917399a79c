package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.renderfleet.auth.Role;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.NodeKey;
import io.renderfleet.node.server.NodeRegistration;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import io.renderfleet.orchestrator.nodekey.Seal;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Keys of nodes, each good for one")
@Timeout(120)
class KeysOfNodesTest {
    private static final String ADMIN = "the-admins-own-token-of-this-test";
    private static final String JOIN = "a-token-to-register-with-at-first";
    private static final String SHARED = "the-token-of-all-listed-nodes";
    private static final String STRANGER = "some-other-key-of-32-characters-or-more";

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable OrchestratorServer running;

    @BeforeEach
    void start() throws IOException {
        farm(JOIN);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** Starts an orchestrator with which nodes can register by a token, or by none. */
    private void farm(@Nullable String join) throws IOException {
        JdbcJobStore store = JdbcJobStore.h2(folder.resolve("jobs"));
        NodeKeys keys = NodeKeys.keptIn(store, Seal.readOrMake(folder.resolve("secret")))
                .orElse(node -> Optional.of(SHARED));
        OrchestratorServerBuilder builder = OrchestratorServer.builder()
                .renderer("test-pattern")
                .port(0)
                .batchSize(3)
                .nodeLease(Duration.ofSeconds(3))
                .outputRoot(folder.resolve("frames"))
                .store(store)
                .nodeKeys(keys)
                .transport(HttpTransport.builder().tokens(keys).build())
                .token(ADMIN, Role.ADMIN, "olga");
        if (join != null) {
            builder.token(join, Role.NODE, "n-1");
            builder.tokens(List.of(new AccessToken("a-token-for-any-node-of-the-farm", Role.NODE, null)));
        }
        OrchestratorServer server = builder.start();
        running = server;
        open.add(server);
    }

    private OrchestratorServer orchestrator() {
        return Objects.requireNonNull(running);
    }

    private NodeKey key(String id, Instant made) throws IOException {
        return NodeKey.in(Files.createDirectories(folder.resolve("key-" + id)), made);
    }

    private RenderNodeServer node(String id, NodeKey key, Duration perFrame) throws IOException {
        RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine(perFrame))
                .nodeId(new NodeId(id))
                .outputRoot(folder.resolve(id))
                .build();
        RenderNodeServer server =
                RenderNodeServer.builder(node).port(0).rateLimit(null).key(key).start();
        open.add(server);
        return server;
    }

    private NodeRegistration register(
            RenderNodeServer node, NodeKey key, @Nullable String token, OrchestratorServer... at) {
        String[] urls = new String[at.length];
        for (int i = 0; i < at.length; i++) {
            urls[i] = at[i].uri().toString();
        }
        NodeRegistration registration = NodeRegistration.builder(node.node(), node.uri())
                .orchestrators(urls)
                .token(token)
                .key(key)
                .start();
        open.add(registration);
        return registration;
    }

    private void awaitRegistered(NodeRegistration registration) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> registration.registeredAt().isPresent());
    }

    private HttpResponse<String> call(URI base, String bearer, String method, String path, String body) {
        return TestFarm.send(HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + bearer)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private JsonNode farm(String method, String path, String body) {
        return TestFarm.json(call(orchestrator().uri(), ADMIN, method, path, body));
    }

    private String submit(String frames) {
        String body = "{\"frames\": \"" + frames + "\", \"settings\": {\"width\": 32, \"height\": 16}}";
        return farm("POST", "/render", body).get("jobId").asText();
    }

    private void awaitCompleted(String job) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> farm("GET", "/jobs/" + job, "").get("state").asText(), "completed"::equals);
    }

    private HttpResponse<String> offer(String bearer, String id, URI url, @Nullable String key) {
        String with = key == null ? "" : ", \"key\": \"" + key + "\"";
        return call(
                orchestrator().uri(),
                bearer,
                "PUT",
                "/nodes/" + id,
                "{\"id\": \"" + id + "\", \"url\": \"" + url + "\"" + with + "}");
    }

    @Test
    @DisplayName("let the orchestrator into the node that told it, nobody else, and into no other node")
    void opensOne() throws Exception {
        NodeKey one = key("n-1", Instant.now());
        NodeKey two = key("n-2", Instant.now());
        RenderNodeServer first = node("n-1", one, Duration.ZERO);
        RenderNodeServer second = node("n-2", two, Duration.ZERO);
        awaitRegistered(register(first, one, JOIN, orchestrator()));

        awaitCompleted(submit("1-3"));

        String keyOfFirst = Files.readString(folder.resolve("key-n-1/node-key")).split(" ", -1)[0];
        assertThat(call(first.uri(), keyOfFirst, "GET", "/node", "").statusCode())
                .isEqualTo(200);
        assertThat(call(second.uri(), keyOfFirst, "GET", "/node", "").statusCode())
                .isEqualTo(401);
        assertThat(call(first.uri(), JOIN, "GET", "/node", "").statusCode()).isEqualTo(401);
        assertThat(call(orchestrator().uri(), keyOfFirst, "GET", "/jobs", "").statusCode())
                .isEqualTo(403);
    }

    @Test
    @DisplayName("let the node in when its first token has gone, also after a restart, which finds the work that runs")
    void restart() throws Exception {
        NodeKey key = key("n-1", Instant.now());
        RenderNodeServer node = node("n-1", key, Duration.ofMillis(700));
        NodeRegistration before = register(node, key, JOIN, orchestrator());
        awaitRegistered(before);
        String job = submit("1-6");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> farm("GET", "/jobs/" + job, "").get("state").asText(), "running"::equals);
        orchestrator().close();

        farm((String) null);
        // Nobody has registered with this one yet: the running batch is followed by the key that the store has.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> farm("GET", "/jobs/" + job, "").get("accepted").asText(), "1-3"::equals);
        NodeKey again = key("n-1", Instant.now());
        awaitRegistered(register(node, again, null, orchestrator()));

        awaitCompleted(job);
        assertThat(farm("GET", "/jobs/" + job, "").get("batches")).hasSize(2);
    }

    @Test
    @DisplayName("are replaced when they are old, without a call that fails")
    void rotates() throws Exception {
        NodeKey old = key("n-1", Instant.now().minus(NodeKey.LIFE));
        String first = Files.readString(folder.resolve("key-n-1/node-key")).split(" ", -1)[0];
        RenderNodeServer node = node("n-1", old, Duration.ofMillis(200));
        awaitRegistered(register(node, old, JOIN, orchestrator()));
        String job = submit("1-30");

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            String now = Files.readString(folder.resolve("key-n-1/node-key"));
            return !now.contains(first) && now.contains(" told ");
        });

        awaitCompleted(job);
        JsonNode batches = farm("GET", "/jobs/" + job, "").get("batches");
        assertThat(batches)
                .hasSize(10)
                .allSatisfy(batch -> assertThat(batch.get("attempt").asInt()).isEqualTo(1));
        assertThat(call(orchestrator().uri(), first, "PUT", "/nodes/n-1", "{}").statusCode())
                .isEqualTo(401);
    }

    @Test
    @DisplayName("are not replaced by somebody with a token for any node while the node is there")
    void thief() throws Exception {
        NodeKey key = key("n-1", Instant.now());
        RenderNodeServer node = node("n-1", key, Duration.ZERO);
        awaitRegistered(register(node, key, JOIN, orchestrator()));
        await().until(() -> farm("GET", "/nodes/n-1", "").get("state").asText(), "up"::equals);

        HttpResponse<String> same = offer("a-token-for-any-node-of-the-farm", "n-1", node.uri(), STRANGER);
        HttpResponse<String> without = offer("a-token-for-any-node-of-the-farm", "n-1", node.uri(), null);
        HttpResponse<String> elsewhere =
                offer("a-token-for-any-node-of-the-farm", "n-1", URI.create("http://127.0.0.1:1"), STRANGER);

        for (HttpResponse<String> refused : List.of(same, without, elsewhere)) {
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
            assertThat(TestFarm.json(refused).get("type").asText()).endsWith(":node-id-taken");
            assertThat(refused.body()).doesNotContain(STRANGER);
        }
        awaitCompleted(submit("1-3"));
        assertThat(offer(JOIN, "n-1", node.uri(), STRANGER).statusCode())
                .as("by a token for this node alone")
                .isEqualTo(200);
    }

    @Test
    @DisplayName("of a node that an operator has removed let it in no more")
    void removed() throws Exception {
        NodeKey key = key("n-1", Instant.now());
        RenderNodeServer node = node("n-1", key, Duration.ZERO);
        NodeRegistration registration = register(node, key, JOIN, orchestrator());
        awaitRegistered(registration);
        String secret = Files.readString(folder.resolve("key-n-1/node-key")).split(" ", -1)[0];

        assertThat(call(orchestrator().uri(), ADMIN, "DELETE", "/nodes/n-1", "").statusCode())
                .isEqualTo(204);

        assertThat(offer(secret, "n-1", node.uri(), secret).statusCode()).isEqualTo(401);
    }

    @Test
    @DisplayName("are all that is sent to who registers: the token of listed nodes stays with these")
    void sharedTokenStays() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            seen.add(String.valueOf(call.getRequestHeaders().getFirst("Authorization")));
            call.sendResponseHeaders(401, -1);
            call.close();
        });
        server.start();
        open.add(() -> server.stop(0));
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());

        assertThat(offer(JOIN, "n-1", url, null).statusCode()).isEqualTo(201);
        await().until(() -> !seen.isEmpty());
        assertThat(seen).containsOnly("null");

        assertThat(offer(JOIN, "n-1", url, STRANGER).statusCode()).isEqualTo(200);
        await().until(() -> seen.contains("Bearer " + STRANGER));
        assertThat(seen).doesNotContain("Bearer " + SHARED);
    }

    @Test
    @DisplayName("are refused where they are too short, and not shown")
    void refused() {
        HttpResponse<String> answer = offer(JOIN, "n-1", URI.create("http://127.0.0.1:1"), "short-key");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestFarm.json(answer).get("field").asText()).isEqualTo("key");
        assertThat(answer.body()).contains("32 to 256").doesNotContain("short-key");
    }
}
