package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.model.FrameSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The orchestrator's program")
@Timeout(180)
class OrchestratorMainTest {
    private static final String TOKEN = "a-token-of-some-length";

    @TempDir
    Path folder;

    private final List<ServerProcess> running = new ArrayList<>();
    private final List<ServerProcess> nodes = new ArrayList<>();

    OrchestratorMainTest() {}

    @AfterEach
    void endAll() {
        running.forEach(ServerProcess::close);
    }

    private ServerProcess start(Class<?> main, Map<String, String> environment, String... args) throws IOException {
        ServerProcess process = ServerProcess.start(main, folder, environment, args);
        running.add(process);
        return process;
    }

    /** Starts an orchestrator with so many nodes, each in a process of its own. */
    private URI farm(int size) throws IOException {
        for (int i = 0; i < size; i++) {
            ServerProcess node = ServerProcess.node(folder, "--node-id=n-" + i, "--output-root=node-" + i);
            running.add(node);
            nodes.add(node);
        }
        return orchestrator().uri();
    }

    /** Starts an orchestrator of the nodes that there are, with the store that is usual. */
    private ServerProcess orchestrator() throws IOException {
        List<String> args = new ArrayList<>(List.of("--port=0", "--output-root=frames", "--renderer=test-pattern"));
        nodes.forEach(node -> args.add("--node=" + node.uri()));
        return start(OrchestratorMain.class, Map.of(), args.toArray(String[]::new));
    }

    private static HttpRequest.Builder request(URI server, String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(60));
    }

    private static String submit(URI server, String body) {
        HttpResponse<String> answer = TestFarm.send(request(server, "/render")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return TestFarm.json(answer).get("jobId").asText();
    }

    private static JsonNode job(URI server, String id) {
        return TestFarm.json(TestFarm.send(request(server, "/jobs/" + id)));
    }

    private static JsonNode awaitEnd(URI server, String id) {
        HttpResponse<String> answer;
        do {
            answer = TestFarm.send(request(server, "/status/" + id).header("Prefer", "wait=20"));
        } while (answer.statusCode() == 202);
        return job(server, id);
    }

    @Test
    @DisplayName("renders with three nodes what the two lines of curl ask for")
    void twoLinesOfCurl() throws Exception {
        URI server = farm(3);

        List<String> submitted = curl(
                "-X",
                "POST",
                server + "/render",
                "-H",
                "Content-Type: application/json",
                "-d",
                "{\"from\": 1, \"to\": 20}",
                "-i");
        assertThat(submitted.get(0)).isEqualTo("HTTP/1.1 202 Accepted");
        assertThat(submitted).anyMatch(line -> line.matches("Retry-After: [1-9]\\d?"));
        String job = submitted.get(submitted.size() - 1).replaceAll("\\{\"jobId\":\"([^\"]+)\"}", "$1");
        assertThat(submitted).contains("Location: /status/" + job);

        List<String> first = curl("-X", "GET", server + "/status/" + job, "-i");
        if (first.get(0).equals("HTTP/1.1 202 Accepted")) {
            assertThat(first).contains("Location: /status/" + job).anyMatch(line -> line.startsWith("Retry-After: "));
            assertThat(first.get(first.size() - 1)).isEqualTo("Job still running");
        }
        awaitEnd(server, job);
        List<String> last = curl("-X", "GET", server + "/status/" + job, "-i");
        assertThat(last.get(0)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(last.get(last.size() - 1)).isEqualTo("Job completed");
        assertThat(folder.resolve("frames").resolve(job).toFile().list((dir, name) -> name.endsWith(".png")))
                .hasSize(20);
    }

    @Test
    @DisplayName(
            "takes the nodes of a file, and those that are added to it later, and says why one does not answer or the file is wrong")
    void nodesFile() throws Exception {
        Path file = Files.writeString(folder.resolve("nodes"), "# none yet\n");
        ServerProcess server = start(
                OrchestratorMain.class,
                Map.of("RENDER_ORCHESTRATOR_NODES_FILES", file.toString()),
                "--port=0",
                "--store=memory");
        URI uri = server.uri();
        assertThat(TestFarm.json(TestFarm.send(request(uri, "/nodes"))).get("nodes"))
                .isEmpty();

        Files.writeString(file, "http://127.0.0.1:1\n");

        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> TestFarm.json(TestFarm.send(request(uri, "/nodes")))
                                .at("/nodes/0/trouble")
                                .asText(),
                        "no connection: connection refused"::equals);
        JsonNode place = TestFarm.json(TestFarm.send(request(uri, "/nodes"))).at("/discoveries/0");
        assertThat(place.get("source").asText()).isEqualTo("the nodes file " + file);
        assertThat(place.get("nodes").asInt()).isEqualTo(1);
        assertThat(place.get("trouble").isNull()).isTrue();

        Files.writeString(file, "nonsense\n");

        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> TestFarm.json(TestFarm.send(request(uri, "/nodes")))
                                .at("/discoveries/0/trouble")
                                .asText(),
                        why -> why.contains("nonsense"));
        JsonNode kept = TestFarm.json(TestFarm.send(request(uri, "/nodes")));
        assertThat(kept.at("/discoveries/0/nodes").asInt()).isEqualTo(1);
        assertThat(kept.get("nodes")).hasSize(1);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(TestFarm.send(request(uri, "/metrics")).body())
                                .contains("renderfleet_discoveries 1.0", "renderfleet_discoveries_troubled 1.0"));
    }

    private List<String> curl(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-s"));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    @Test
    @DisplayName("accepts all frames, none of them twice, though a node is killed in the middle")
    void survivesAKilledNode() throws Exception {
        URI server = farm(3);
        String id = submit(
                server,
                "{\"from\": 1, \"to\": 20, \"batchSize\": 5, \"settings\": {\"width\": 1600, \"height\": 900}}");
        JsonNode before = await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> job(server, id), job -> accepted(job).size() >= 2);
        ServerProcess victim = nodes.get(runningOn(before));
        victim.kill();
        JsonNode atDeath = job(server, id);
        int dispatched = atDeath.get("batches").size();

        JsonNode ended = awaitEnd(server, id);

        assertThat(ended.get("state").asText()).as(ended.toString()).isEqualTo("completed");
        assertThat(ended.get("accepted").asText()).isEqualTo("1-20");
        FrameSet accepted = accepted(atDeath);
        FrameSet again = FrameSet.empty();
        for (int i = dispatched; i < ended.get("batches").size(); i++) {
            again = again.union(
                    FrameSet.parse(ended.get("batches").get(i).get("frames").asText()));
        }
        assertThat(again.intersect(accepted)).as(ended.toString()).isEqualTo(FrameSet.empty());
        assertThat(folder.resolve("frames").resolve(id).toFile().list((dir, name) -> name.endsWith(".png")))
                .hasSize(20);
    }

    @Test
    @DisplayName("goes on after kill -9 and after SIGTERM where it was, and renders nothing again")
    void goesOn() throws Exception {
        URI server = farm(2);
        String id = submit(
                server, "{\"from\": 1, \"to\": 60, \"batchSize\": 3, \"settings\": {\"width\": 800, \"height\": 450}}");
        FrameSet accepted = FrameSet.empty();
        for (int i = 0; i < 3; i++) {
            ServerProcess last = running.get(running.size() - 1);
            int enough = Math.min(accepted.size() + 5, 55);
            URI now = last.uri();
            accepted = accepted(await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> job(now, id), job -> accepted(job).size() >= enough));
            if (i % 2 == 0) {
                last.kill();
            } else {
                last.terminate();
            }
            last.awaitEnd();
            orchestrator();
        }
        URI now = running.get(running.size() - 1).uri();
        // What was shown a moment before the kill may not have been durable yet: then it is fetched again, and not
        // rendered again.
        FrameSet shown = accepted;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> accepted(job(now, id)).containsAll(shown));

        JsonNode ended = awaitEnd(now, id);

        assertThat(ended.get("state").asText()).as(ended.toString()).isEqualTo("completed");
        assertThat(ended.get("accepted").asText()).isEqualTo("1-60");
        assertThat(ended.get("batches")).as(ended.toString()).hasSize(20);
        assertThat(folder.resolve("frames").resolve(id).toFile().list((dir, name) -> name.endsWith(".png")))
                .hasSize(60);
    }

    private static FrameSet accepted(JsonNode job) {
        String text = job.get("accepted").asText();
        return text.isEmpty() ? FrameSet.empty() : FrameSet.parse(text);
    }

    private static int runningOn(JsonNode job) {
        for (JsonNode batch : job.get("batches")) {
            if (batch.get("state").asText().equals("running")) {
                return Integer.parseInt(batch.get("node").asText().substring(2));
            }
        }
        return 0;
    }

    @Test
    @DisplayName("reads its flags from the environment, and cancels what is unfinished when it is told to stop")
    void life() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens"), "# ours\n" + TOKEN + "\n");
        ServerProcess server = start(
                OrchestratorMain.class,
                Map.of(
                        "RENDER_ORCHESTRATOR_PORT", "0",
                        "RENDER_ORCHESTRATOR_NODES", "http://127.0.0.1:1,http://127.0.0.1:2",
                        "RENDER_ORCHESTRATOR_STORE", "memory",
                        "RENDER_ORCHESTRATOR_TOKEN_FILE", tokens.toString()));

        assertThat(TestFarm.send(request(server.uri(), "/nodes")).statusCode()).isEqualTo(401);
        JsonNode listed = TestFarm.json(
                TestFarm.send(request(server.uri(), "/nodes").header("Authorization", "Bearer " + TOKEN)));
        assertThat(listed.get("nodes")).hasSize(2);
        HttpResponse<String> job = TestFarm.send(request(server.uri(), "/render")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString("{\"from\": 1, \"to\": 2}")));
        assertThat(job.statusCode()).isEqualTo(202);
        server.terminate();
        List<String> lines = server.awaitEnd();

        assertThat(lines)
                .anyMatch(line -> line.contains("Job cancelled"))
                .anyMatch(line -> line.strip().endsWith("stopped"));
        assertThat(lines).noneMatch(line -> line.contains(TOKEN));
        assertThat(lines).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z .*"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--nonsense | Unknown option: '--nonsense'",
                "--port abc | 'abc' is not an int",
                "--port 70000 | --port is 70000",
                "--fetch-rate 1 | --fetch-rate is 1: it must be from 2 to 1048576",
                "--sync-frames maybe | --sync-frames is 'maybe': it must be on or off",
                "--host 0.0.0.0 | set a token, or allow anonymous access",
                "--tls-key no.key | --tls-cert and --tls-key go together, and there is only --tls-key",
                "--tls-cert no.pem --tls-key no.key | --tls-cert no.pem: there is no such file",
                "--tls-client-ca ca.pem | is for servers that speak TLS: set --tls-cert and --tls-key",
                "--node-tls-ca no.pem | --node-tls-ca no.pem: there is no such file",
                "--token-file nowhere | --token-file nowhere is no file",
                "--tokens-file nowhere | --tokens-file nowhere is not there: 'render tokens add' makes it",
                "--read-others some | --read-others: 'some' must be one of all, status, nothing",
                "--sign-in-limit fast | --sign-in-limit: 'fast' is not a rate limit",
                "--audit-log no-folder/a.log | --audit-log is 'no-folder/a.log': it must be a file in a folder that is there",
                "--audit-log-files 0 | --audit-log-files is 0: it must be from 1 to 1000",
                "--oidc-issuer https://x.example | --oidc-issuer and --oidc-audience need each other",
                "--oidc-issuer http://x.example --oidc-audience a | it must be an https URL",
                "--oidc-issuer https://x.example --oidc-audience a --oidc-role artists=boss | --oidc-role is 'artists=boss'",
                "--oidc-issuer https://x.example --oidc-audience a --oidc-clock-skew 601 | --oidc-clock-skew is 601",
                "--oidc-issuer https://x.example --oidc-audience a --allow-anonymous | exclude each other",
                "--token-file t --allow-anonymous | exclude each other",
                "--node localhost:3001 | --node is 'localhost:3001': it must be like http://localhost:3001",
                "--node http://localhost:3001?x | --node is 'http://localhost:3001?x': it must be like http://local",
                "--node http://localhost:99999 | --node is 'http://localhost:99999': it must be like http://local",
                "--node ftp://localhost | --node is 'ftp://localhost': it must be like http://localhost:3001",
                "--nodes-file nowhere | --nodes-file nowhere: there is no such file",
                "--nodes-dns a..b:3000 | --nodes-dns: 'a..b' is no DNS name: it must be like nodes.farm.example",
                "--nodes-dns nodes:http | --nodes-dns: 'nodes:http' must be like nodes.farm.example:3000",
                "--nodes-srv _render/_tcp | --nodes-srv: '_render/_tcp' is no DNS name",
                "--discovery zk:one | --discovery is 'zk:one': it must be like dns:nodes.farm.example:3000 or etcd:http",
                "--discovery etcd:zk://one:1 | --discovery: 'zk://one:1' is no member of etcd: it must be like http://",
                "--discovery file:nowhere | --discovery: nowhere: there is no such file",
                "--discovery-config x | --discovery-config is for a --discovery: there is none",
                "--node-url-allow 10.0.0.1/8 | --node-url-allow: '10.0.0.1/8' is no range of addresses",
                "--batch-size 0 | --batch-size is 0: it must be from 1 to 10000",
                "--renderer blender/4 | --renderer is 'blender/4': renderer must be the name of an engine, such as blender: 1 to 64",
                "--scene nowhere.blend | --scene nowhere.blend is no file",
                "--store h2: | --store is 'h2:': it must be memory, h2:FILE or jdbc:postgresql://HOST/DATABASE",
                "--store jdbc:mysql://h?password=secret | --store is 'jdbc:mysql://h': it must be memory",
                "--store jdbc:postgresql://me:secret@h/db | --store is 'jdbc:postgresql://…@h/db': user and password do not",
                "--store jdbc:mysql://me:secret@h | --store is 'jdbc:mysql://…@h': it must be memory",
                "--store memory --store-user me | --store-user and --store-password-file are for a --store that is jdbc:",
                "--advertise farm:4000 | --advertise is 'farm:4000': it must be like http://farm.example:4000",
                "--node-token-file nowhere | --node-token-file nowhere is no file",
                "--store-secret-file nowhere | --store-secret-file nowhere is no file",
                "--broker kafka://one | --broker and --shared-store are for pools: there is no --pool",
                "--pool kafka:gpu | --pool needs --broker and --shared-store",
                "--pool gpu --broker kafka://one --shared-store b | --pool is 'gpu': it must be like kafka:gpu, since --broker is",
                "--pool kafka:gpu --broker kafka://one/a/b --shared-store b | --broker is 'kafka://one/a/b': it must be like kafka:",
                "--pool kafka:gpu --broker kafka://me:secret@one --shared-store b | --broker has a user in it",
                "--pool servicebus:gpu --broker servicebus://one --shared-store b | --broker is 'servicebus://one': Service Bus needs a pass",
                "--pool kafka:gpu --broker kafka://one --broker-config nowhere --shared-store b | --broker-config is 'nowhere': it cannot",
                "--store memory --store-secret-file s | --store-secret-file is for a --store that outlives",
            })
    @DisplayName("refuses what is wrong or does not go together, in one line, with exit code 2")
    void refused(String args, String message) {
        StringWriter told = new StringWriter();

        int code = OrchestratorMain.program(Map.of())
                .errors(new PrintWriter(told, true))
                .run(args.split(" "));

        assertThat(told.toString().lines())
                .singleElement()
                .asString()
                .startsWith("render-orchestrator: ")
                .contains(message);
        assertThat(code).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "TOKEN      | --host 0.0.0.0 | host is '0.0.0.0', which others can reach, and tokens would get there in clear",
                "NODE_TOKEN | --node http://node.invalid:3000 | --node is 'http://node.invalid:3000': no token is sent to",
            })
    @DisplayName("sends and takes no token in clear text over a network, and names the way out")
    void clearText(String variable, String args, String message) {
        StringWriter told = new StringWriter();

        int code = OrchestratorMain.program(Map.of("RENDER_ORCHESTRATOR_" + variable, "a-token-of-this-test"))
                .errors(new PrintWriter(told, true))
                .run(args.split(" "));

        assertThat(told.toString().lines())
                .singleElement()
                .asString()
                .startsWith("render-orchestrator: " + message)
                .contains("--insecure-http");
        assertThat(code).isEqualTo(2);
    }

    @Test
    @DisplayName("ends with exit code 2 after a wrong flag")
    void endsWithTwo() throws Exception {
        ServerProcess server = start(OrchestratorMain.class, Map.of(), "--batch-size=x");

        assertThat(server.awaitEnd()).singleElement().asString().contains("--batch-size");
        assertThat(server.exitCode()).isEqualTo(2);
    }

    @Test
    @DisplayName("tells its flags and its version")
    void help() throws Exception {
        assertThat(String.join(
                        "\n", start(OrchestratorMain.class, Map.of(), "--help").awaitEnd()))
                .contains("--port", "--node", "--store", "RENDER_ORCHESTRATOR_PORT");
        assertThat(String.join(
                        "\n",
                        start(OrchestratorMain.class, Map.of(), "--version").awaitEnd()))
                .startsWith("render-orchestrator ");
    }
}
