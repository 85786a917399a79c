package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.testkit.ExternalTool;
import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm in which everything goes wrong")
@EnabledOnOs(value = OS.LINUX, disabledReason = "only there processes can be looked into")
@Timeout(240)
class SecretsNowhereTest {
    private static final String ADMIN = "admin-token-Zx81QvLm3RtYb6";
    private static final String SUBMITTER = "submitter-token-Hd72KpWs9NcJf4";
    private static final String REGISTRAR = "registrar-token-Uy53TgBn8MqVe1";
    private static final String OF_NODES = "token-of-nodes-Po94CxDa7SwLi2";
    private static final String IN_VARIABLE = "token-in-a-variable-Gk65RzFh0OjEu3";
    private static final String WRONG = "wrong-token-of-a-guest-Nv16YbXt5AiMr8";
    private static final Pattern JOB = Pattern.compile("\"jobId\":\"([^\"]+)\"");

    private final SecretHunt hunt = new SecretHunt();
    private final List<String> jobs = new ArrayList<>();

    @TempDir
    private Path folder;

    private HttpResponse<String> call(
            URI farm, HttpClient client, String token, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(farm.resolve(path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        hunt.in("the answer to " + method + " " + path, answer.headers().map() + answer.body());
        return answer;
    }

    @Test
    @DisplayName("shows its tokens and keys in no log, answer, event, audit line, file, command line or environment")
    void nowhere() throws Exception {
        Map.of(
                        "admin",
                        ADMIN,
                        "submitter",
                        SUBMITTER,
                        "registrar",
                        REGISTRAR,
                        "nodes",
                        OF_NODES,
                        "variable",
                        IN_VARIABLE,
                        "wrong",
                        WRONG)
                .forEach((name, token) -> hunt.add("the token of " + name, token));
        ScheduledExecutorService watching = Executors.newSingleThreadScheduledExecutor();
        try (FailingFarm farm = new FailingFarm(folder)) {
            for (String name : List.of("failing", "painting", "orchestrator")) {
                hunt.addKey("the key of " + name, farm.identity(name));
            }
            Path clients =
                    farm.keep("clients", ADMIN + " admin\n" + SUBMITTER + " submitter ada\n" + REGISTRAR + " node\n");
            Path nodes = farm.keep("nodes", OF_NODES + "\n");
            Path registrar = farm.keep("registrar", REGISTRAR + "\n");
            String failing = farm.start(
                    "failing",
                    "io.renderfleet.node.server.NodeMain",
                    Map.of("RENDER_NODE_TOKEN", IN_VARIABLE, "RENDER_NODE_LOG_LEVEL", "DEBUG"),
                    "--token-file=" + nodes,
                    "--output-root=failing",
                    "--engine=command",
                    "--command",
                    "timeout",
                    "2",
                    "tail",
                    "-F",
                    "{output}");
            URI server = URI.create(farm.start(
                    "orchestrator",
                    "io.renderfleet.orchestrator.OrchestratorMain",
                    Map.of("RENDER_ORCHESTRATOR_LOG_LEVEL", "DEBUG"),
                    "--token-file=" + clients,
                    "--node-token-file=" + nodes,
                    "--node-tls-ca=" + farm.ca(),
                    "--node=" + failing,
                    "--node=https://127.0.0.1:9",
                    "--output-root=frames",
                    "--audit-log=audit.log"));
            boolean blender = ExternalTool.BLENDER.find().isPresent();
            farm.start(
                    "painting",
                    "io.renderfleet.node.server.NodeMain",
                    Map.of("RENDER_NODE_LOG_LEVEL", "DEBUG"),
                    "--output-root=painting",
                    "--engine=" + (blender ? "blender" : "test-pattern"),
                    "--orchestrator=" + server,
                    "--orchestrator-token-file=" + registrar,
                    "--orchestrator-tls-ca=" + farm.ca());
            var unused = watching.scheduleWithFixedDelay(
                    () -> farm.processes().forEach(hunt::inProcesses), 0, 20, TimeUnit.MILLISECONDS);
            HttpClient client =
                    WatchedTls.client(WatchedTls.of(TlsFiles.trust(farm.ca()))).build();
            CompletableFuture<HttpResponse<Stream<String>>> events = client.sendAsync(
                    HttpRequest.newBuilder(server.resolve("/events"))
                            .header("Authorization", "Bearer " + ADMIN)
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            var listening = events.thenAcceptAsync(answer -> answer.body().forEach(line -> hunt.in("an event", line)));

            goWrong(server, client, farm);

            watching.shutdown();
            assertThat(watching.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            farm.end();
            var unusedEnd = listening.exceptionally(broken -> null).join();
            searchFiles(farm);
            assertThat(hunt.finds()).isEmpty();
            assertThat(hunt.programs()).anyMatch(program -> program.endsWith("tail") || program.endsWith("bwrap"));
            if (blender) {
                assertThat(hunt.programs())
                        .anyMatch(program -> program.contains("blender") || program.endsWith("bwrap"));
            }
        } finally {
            watching.shutdownNow();
        }
    }

    private void goWrong(URI server, HttpClient client, FailingFarm farm) throws Exception {
        assertThat(call(server, client, WRONG, "GET", "/jobs", "").statusCode()).isEqualTo(401);
        assertThat(call(server, client, SUBMITTER, "POST", "/render", "{\"frames\": \"nonsense\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(call(
                                server,
                                client,
                                SUBMITTER,
                                "PUT",
                                "/nodes/n-x",
                                "{\"id\": \"n-x\", \"url\": \"https://127.0.0.1:9\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(call(
                                server,
                                client,
                                REGISTRAR,
                                "PUT",
                                "/nodes/n-x",
                                "{\"id\": \"n-x\", \"url\": \"https://192.0.2.1:9\", \"slots\": 1}")
                        .statusCode())
                .isBetween(400, 422);
        submit(server, client, "command");
        submit(server, client, "command");
        submit(server, client, "blender");
        submit(server, client, "test-pattern");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> hunt.programs().stream().anyMatch(name -> name.endsWith("tail")));
        farm.killChildOf("failing");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> call(server, client, ADMIN, "GET", "/jobs?state=failed", "")
                        .body()
                        .contains("\"failure\":{"));
        farm.kill("failing");
        for (String path : List.of("/jobs", "/nodes", "/metrics", "/session", "/no/such/path")) {
            call(server, client, ADMIN, "GET", path, "");
        }
        for (String job : jobs) {
            call(server, client, ADMIN, "GET", "/jobs/" + job, "");
            call(server, client, SUBMITTER, "DELETE", "/jobs/" + job, "");
        }
    }

    private void submit(URI server, HttpClient client, String renderer) throws Exception {
        HttpResponse<String> answer = call(
                server,
                client,
                SUBMITTER,
                "POST",
                "/render",
                "{\"frames\": \"1-2\", \"renderer\": \"" + renderer
                        + "\", \"settings\": {\"width\": 16, \"height\": 16}}");
        Matcher job = JOB.matcher(answer.body());
        assertThat(job.find()).as(answer.body()).isTrue();
        jobs.add(job.group(1));
    }

    /** What a node has made of secrets by itself is looked for too. */
    private void searchFiles(FailingFarm farm) throws IOException {
        Set<Path> meant = new java.util.HashSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (file.startsWith(farm.secrets())) {
                    meant.add(file);
                } else if (name.equals("node-key") || name.endsWith(".secret")) {
                    meant.add(file);
                    hunt.add(name, Files.readString(file).strip().split("\\s", 2)[0]);
                }
            }
        }
        hunt.inFiles(folder, meant);
    }
}
