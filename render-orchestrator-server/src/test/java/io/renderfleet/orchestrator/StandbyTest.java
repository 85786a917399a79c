package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@DisplayName("A stand-by beside the orchestrator that leads")
@Timeout(180)
class StandbyTest {
    private static final String TOKEN = "a-token-of-some-length";

    @TempDir
    static Path folder;

    private static Postgres postgres;
    private static RenderNodeServer node;
    private static int number;

    private final List<OrchestratorLife> lives = new ArrayList<>();
    private URI leader;
    private URI standby;

    StandbyTest() {}

    @BeforeAll
    static void startAround() throws IOException {
        postgres = new Postgres(folder.resolve("postgres"));
        RenderNode renders = RenderNode.builder()
                .engine(new TestPatternEngine(Duration.ofMillis(10)))
                .outputRoot(folder.resolve("node"))
                .build();
        node = RenderNodeServer.builder(renders).port(0).start();
    }

    @AfterAll
    static void endAround() throws IOException {
        node.close();
        postgres.close();
    }

    @BeforeEach
    void startTwo() throws Exception {
        number++;
        leader = start();
        await().atMost(Duration.ofSeconds(60)).until(() -> status(leader, "/health/ready") == 200);
        standby = start();
        await().atMost(Duration.ofSeconds(60)).until(() -> status(standby, "/jobs") == 200);
    }

    @AfterEach
    void stop() {
        lives.forEach(OrchestratorLife::stop);
    }

    private URI start() throws Exception {
        return start(postgres.flags("standby_" + number));
    }

    private URI start(List<String> itsStore) throws Exception {
        List<String> flags = new ArrayList<>(itsStore);
        int port = freePort();
        flags.add("--port=" + port);
        flags.add("--renderer=test-pattern");
        flags.add("--node=" + node.uri());
        flags.add("--output-root=" + folder.resolve("frames"));
        OrchestratorOptions options = new OrchestratorOptions();
        new CommandLine(options).parseArgs(flags.toArray(String[]::new));
        OrchestratorLife life = new OrchestratorLife(options, Map.of("TOKEN", TOKEN), null);
        lives.add(life);
        Thread thread = new Thread(() -> run(life), "orchestrator at " + port);
        thread.setDaemon(true);
        thread.start();
        return URI.create("http://127.0.0.1:" + port);
    }

    private static void run(OrchestratorLife life) {
        try {
            life.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static HttpRequest.Builder request(URI server, String path) {
        return ProcessFarm.request(server, path).header("Authorization", "Bearer " + TOKEN);
    }

    private static int status(URI server, String path) {
        try {
            return TestFarm.send(request(server, path)).statusCode();
        } catch (UncheckedIOException notYet) {
            return 0;
        }
    }

    private static HttpRequest.Builder submission(URI server) {
        return request(server, "/render")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"from\": 1, \"to\": 20, \"settings\": {\"width\": 64, \"height\": 36}}"));
    }

    private String submit() {
        return TestFarm.json(TestFarm.send(submission(leader))).get("jobId").asText();
    }

    @Test
    @DisplayName(
            "also waits when it is started while PostgreSQL is away, and leads once that is there and nobody else does")
    void waitsForPostgres() throws Exception {
        stop();
        lives.clear();
        List<String> store = postgres.flags("standby_" + number);
        postgres.stop();
        try {
            standby = start(store);
            await().atMost(Duration.ofSeconds(60)).until(() -> status(standby, "/health/live") == 200);
            assertThat(status(standby, "/health/ready")).isEqualTo(503);
            assertThat(status(standby, "/jobs")).isEqualTo(503);
        } finally {
            postgres.startAgain();
        }

        await().atMost(Duration.ofSeconds(60)).until(() -> status(standby, "/health/ready") == 200);
    }

    @Test
    @DisplayName("knows a job as soon as the leader has acknowledged it, and follows it to its end")
    void followsJobs() {
        String job = submit();
        HttpResponse<String> first = TestFarm.send(request(standby, "/status/" + job));
        assertThat(first.statusCode()).isIn(200, 202);

        HttpResponse<String> last;
        do {
            last = TestFarm.send(request(standby, "/status/" + job).header("Prefer", "wait=20"));
        } while (last.statusCode() == 202);

        assertThat(last.body()).startsWith("Job completed");
        JsonNode there = TestFarm.json(TestFarm.send(request(leader, "/jobs/" + job)));
        JsonNode here = TestFarm.json(TestFarm.send(request(standby, "/jobs/" + job)));
        for (String field : List.of("state", "frames", "accepted", "submittedAt", "endedAt", "progress")) {
            assertThat(here.get(field)).as(field).isEqualTo(there.get(field));
        }
        assertThat(here.get("accepted").asText()).isEqualTo("1-20");
        assertThat(TestFarm.json(TestFarm.send(request(standby, "/jobs"))).get("jobs"))
                .hasSize(1);
    }

    @Test
    @DisplayName("takes and gives the content of pools, which both share, and sends who asks for pools to the leader")
    void sharesContent() throws Exception {
        stop();
        lives.clear();
        List<String> flags = new ArrayList<>(postgres.flags("standby_" + number));
        // Nobody is there, which does not matter to content.
        flags.addAll(List.of(
                "--pool=rabbitmq:render",
                "--broker=amqp://127.0.0.1:1",
                "--shared-store=" + folder.resolve("content")));
        leader = start(flags);
        await().atMost(Duration.ofSeconds(60)).until(() -> status(leader, "/health/ready") == 200);
        standby = start(flags);
        await().atMost(Duration.ofSeconds(60)).until(() -> status(standby, "/jobs") == 200);
        String hello = "/content/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

        assertThat(TestFarm.send(request(standby, hello).PUT(BodyPublishers.ofString("hello")))
                        .statusCode())
                .isEqualTo(201);
        assertThat(TestFarm.send(request(leader, hello)).body()).isEqualTo("hello");
        assertThat(TestFarm.send(request(standby, hello)).body()).isEqualTo("hello");
        assertThat(status(standby, "/pools")).isEqualTo(307);
        JsonNode pool = TestFarm.json(TestFarm.send(request(leader, "/pools"))).at("/pools/0");
        assertThat(pool.get("state").asText()).isEqualTo("away");
        assertThat(pool.get("waiting").isNull()).isTrue();
        assertThat(pool.get("trouble").asText()).isNotEmpty();
    }

    @Test
    @DisplayName("gives the frames and logs of jobs")
    void givesFrames() {
        String job = submit();
        await().atMost(Duration.ofSeconds(60)).until(() -> status(standby, "/status/" + job) == 200);

        String frames = "/jobs/" + job + "/frames";
        assertThat(TestFarm.send(request(standby, frames)).body())
                .isEqualTo(TestFarm.send(request(leader, frames)).body());
        assertThat(TestFarm.send(request(standby, frames + "/7"), BodyHandlers.ofByteArray())
                        .body())
                .isEqualTo(TestFarm.send(request(leader, frames + "/7"), BodyHandlers.ofByteArray())
                        .body());
        assertThat(status(standby, "/jobs/" + job + "/archive")).isEqualTo(200);
        assertThat(status(standby, "/jobs/" + job + "/log")).isEqualTo(200);
    }

    @Test
    @DisplayName("sends whoever wants a change, or what is in no store, to the leader by 307")
    void redirects() {
        HttpResponse<String> answer = TestFarm.send(submission(standby));

        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(answer.headers().firstValue("Location")).contains(leader + "/render");
        for (String path : List.of("/", "/session", "/nodes", "/events", "/jobs/j/events", "/scenes/00")) {
            HttpResponse<String> sent = TestFarm.send(request(standby, path + "?a=b"));
            assertThat(sent.statusCode()).as(path).isEqualTo(307);
            assertThat(sent.headers().firstValue("Location")).contains(leader + path + "?a=b");
        }
        assertThat(TestFarm.send(request(standby, "/jobs/j").DELETE()).statusCode())
                .isEqualTo(307);
    }

    @Test
    @DisplayName("is alive and not ready, lets nobody in without a token, and knows no job that is not there")
    void isCareful() {
        assertThat(status(standby, "/health/live")).isEqualTo(200);
        assertThat(status(standby, "/health/ready")).isEqualTo(503);
        assertThat(TestFarm.send(ProcessFarm.request(standby, "/jobs")).statusCode())
                .isEqualTo(401);
        assertThat(status(standby, "/status/nowhere")).isEqualTo(404);
    }

    @Test
    @DisplayName("leads at once when the leader stops, and has the scenes that were sent to that one")
    void takesOver() throws IOException {
        Path scene = Files.writeString(folder.resolve("a.scene"), "a scene");
        String path = "/scenes/" + Sha256.of(scene);
        assertThat(TestFarm.send(request(leader, path).PUT(BodyPublishers.ofFile(scene)))
                        .statusCode())
                .isEqualTo(201);
        String job = submit();

        lives.get(0).stop();

        await().atMost(Duration.ofSeconds(5)).until(() -> status(standby, "/health/ready") == 200);
        assertThat(TestFarm.send(request(standby, path).method("HEAD", BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(200);
        await().atMost(Duration.ofSeconds(60)).until(() -> status(standby, "/status/" + job) == 200);
        assertThat(TestFarm.send(submission(standby)).statusCode()).isEqualTo(202);
    }
}
