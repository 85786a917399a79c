package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The description of the API")
@Timeout(120)
class OpenApiTest {
    private static final String TINY = ", \"settings\": {\"width\": 32, \"height\": 18}}";
    private static final String WAITING = "{\"from\": 1, \"to\": 3, \"requires\": {\"gpu\": \"none-has-this\"}}";
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    static Path folder;

    private static TestFarm farm;
    private static DescribedApi api;

    OpenApiTest() {}

    @BeforeAll
    static void start() throws IOException {
        farm = new TestFarm(folder, 1);
        HttpResponse<String> document = farm.get("/openapi.yaml");
        assertThat(document.headers().firstValue("Content-Type")).hasValue("application/yaml");
        api = DescribedApi.parse(document.body());
    }

    @AfterAll
    static void stop() {
        farm.close();
    }

    @Test
    @DisplayName("has every route of the server, and no other")
    void isComplete() {
        assertThat(api.operations())
                .isEqualTo(farm.server.routes().stream()
                        .map(route -> route.replace("*}", "}"))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    @DisplayName(
            "is sound: every reference leads somewhere, every schema is one, every operation has a name of its own")
    void isSound() {
        assertThat(api.danglingReferences()).isEmpty();
        assertThat(api.faultySchemas()).isEmpty();
        assertThat(api.operationIds()).doesNotHaveDuplicates().hasSameSizeAs(api.operations());
        assertThat(api.undeclaredPathVariables()).isEmpty();
    }

    private HttpResponse<String> call(
            String method, String template, String path, int status, HttpRequest.Builder request) {
        HttpResponse<String> answer = TestFarm.send(request.uri(farm.uri(path)));
        assertThat(answer.statusCode())
                .as(method + " " + path + ": " + answer.body())
                .isEqualTo(status);
        api.check(method, template, answer);
        return answer;
    }

    private HttpResponse<String> get(String template, String path, int status, String... headers) {
        HttpRequest.Builder request = farm.request(path);
        return call("GET", template, path, status, headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> send(String method, String template, String path, int status, String body) {
        return call(
                method,
                template,
                path,
                status,
                farm.request(path)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private String submitted(String body) {
        return TestFarm.json(send("POST", "/render", "/render", 202, body))
                .get("jobId")
                .asText();
    }

    @Test
    @DisplayName("says what the server answers, in good times and bad, down to every field")
    void isTrue() throws IOException {
        submitting();
        aFinishedJob();
        aWaitingJob();
        scenes();
        content();
        theFarm();
        assertThat(api.unansweredOperations())
                .as("operations that were never seen to succeed")
                .isEmpty();
    }

    private void submitting() {
        send("POST", "/render", "/render", 400, "{\"from\": \"1\", \"to\": 2}");
        send("POST", "/render", "/render", 400, "{\"frames\": \"1-3\", \"colour\": 1}");
        send("POST", "/render", "/render", 400, "not json");
        send("POST", "/render", "/render", 413, "{\"frames\": \"" + "1,".repeat(40_000) + "1\"}");
        send("POST", "/render", "/render", 422, "{\"frames\": \"1\", \"scene\": \"sha256:" + "0".repeat(64) + "\"}");
        send("POST", "/render", "/render", 422, "{\"frames\": \"1\", \"after\": [\"no-such-job\"]}");
        call(
                "POST",
                "/render",
                "/render",
                415,
                farm.request("/render").POST(HttpRequest.BodyPublishers.ofString(WAITING)));
    }

    private void aFinishedJob() {
        String job = submitted("{\"frames\": \"1-2\", \"name\": \"Cat walk\", \"output\": \"shot/f_###\"" + TINY);
        farm.await(job);
        String path = "/jobs/" + job;
        get("/status/{id}", "/status/" + job, 200);
        String tag = get("/status/{id}", "/status/" + job, 200, "Accept", "application/json")
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        get("/status/{id}", "/status/" + job, 304, "If-None-Match", tag);
        get("/status/{id}", "/status/no-such-job", 404);
        get("/status/{id}", "/status/no-such-job", 404, "Accept", "application/json");
        get("/jobs/{id}", path, 200);
        get("/jobs/{id}", "/jobs/no-such-job", 404);
        get("/jobs/{id}/frames", path + "/frames", 200);
        String frame = path + "/frames/2";
        String digest = get("/jobs/{id}/frames/{frame}", frame, 200)
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        get("/jobs/{id}/frames/{frame}", frame, 304, "If-None-Match", digest);
        get("/jobs/{id}/frames/{frame}", frame, 206, "Range", "bytes=0-3");
        get("/jobs/{id}/frames/{frame}", frame, 416, "Range", "bytes=99999999-");
        get("/jobs/{id}/frames/{frame}", frame, 200, "Accept", "application/json");
        get("/jobs/{id}/frames/{frame}", path + "/frames/99", 404, "Accept", "application/json");
        get("/jobs/{id}/frames/{frame}", path + "/frames/x", 400, "Accept", "application/json");
        get("/jobs/{id}/history", path + "/history", 200);
        get("/jobs/{id}/history", path + "/history?frame=2", 200);
        get("/jobs/{id}/history", path + "/history?frame=x", 400);
        get("/jobs/{id}/history", "/jobs/no-such-job/history", 404);
        get("/jobs/{id}/frames/{frame}", path + "/frames/x", 400);
        get("/jobs/{id}/frames/{frame}", path + "/frames/99", 404);
        get("/jobs/{id}/frames/{frame}/{file}", frame + "/shot/f_002.png", 200);
        get("/jobs/{id}/frames/{frame}/{file}", frame + "/shot/f_099.png", 404);
        get("/jobs/{id}/archive", path + "/archive", 200);
        get("/jobs/{id}/log", path + "/log?batch=1", 200);
        get("/jobs/{id}/log", path + "/log?batch=99", 404);
        get("/jobs/{id}/log", path + "/log?frame=2", 200);
        get("/jobs/{id}/log", path + "/log?frame=x", 400);
        get("/jobs/{id}/log", path + "/log?frame=99", 404);
        send("POST", "/jobs/{id}/retry", path + "/retry", 409, "");
        send("POST", "/jobs/{id}/pause", path + "/pause", 409, "");
        send("POST", "/jobs/{id}/resume", path + "/resume", 409, "");
        send("PATCH", "/jobs/{id}", path, 409, "{\"priority\": 1}");
    }

    private void aWaitingJob() throws IOException {
        String job = submitted(WAITING);
        String path = "/jobs/" + job;
        get("/status/{id}", "/status/" + job, 202);
        get("/status/{id}", "/status/" + job, 202, "Accept", "application/json", "Prefer", "wait=1");
        send("PATCH", "/jobs/{id}", path, 200, "{\"priority\": 7}");
        send("PATCH", "/jobs/{id}", path, 400, "{\"priority\": 7000}");
        send("POST", "/jobs/{id}/pause", path + "/pause", 200, "");
        send("POST", "/jobs/{id}/resume", path + "/resume", 200, "");
        stream("/jobs/{id}/events", path + "/events");
        get("/jobs/{id}/history", path + "/history", 200);
        get("/jobs/{id}/frames/{frame}", path + "/frames/1", 200, "Accept", "application/json");
        call("DELETE", "/jobs/{id}", path, 200, farm.request(path).DELETE());
        call(
                "DELETE",
                "/jobs/{id}",
                "/jobs/no-such-job",
                404,
                farm.request(path).DELETE());
        get("/jobs/{id}", path, 200);
        send("POST", "/jobs/{id}/retry", path + "/retry", 202, "");
        get("/jobs", "/jobs", 200);
        get("/jobs", "/jobs?limit=1", 200);
        get("/jobs", "/jobs?limit=0", 400);
    }

    private void scenes() {
        String template = "/scenes/{sha256}";
        String path = "/scenes/" + HELLO;
        call("HEAD", template, path, 404, farm.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        call("PUT", template, path, 422, bytes("hallo"));
        call("PUT", template, path, 201, bytes("hello"));
        call("PUT", template, path, 200, bytes("hello"));
        call("HEAD", template, path, 200, farm.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        call("PUT", template, "/scenes/nonsense", 400, bytes("hello"));
    }

    private void content() {
        String template = "/content/{sha256}";
        String path = "/content/" + HELLO;
        call("HEAD", template, path, 404, farm.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        get(template, path, 404);
        call("PUT", template, path, 422, bytes("hallo"));
        call("PUT", template, path, 201, bytes("hello"));
        call("PUT", template, path, 200, bytes("hello"));
        call("HEAD", template, path, 200, farm.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(get(template, path, 200).body()).isEqualTo("hello");
        get(template, path, 206, "Range", "bytes=1-2");
        get(template, path, 304, "If-None-Match", "\"" + HELLO + "\"");
        get(template, "/content/nonsense", 400);
    }

    private static HttpRequest.Builder bytes(String text) {
        return farm.request("/").PUT(HttpRequest.BodyPublishers.ofString(text));
    }

    private void theFarm() throws IOException {
        get("/nodes", "/nodes", 200);
        get("/pools", "/pools", 200);
        String node = "/nodes/n-new";
        String offer = "{\"id\": \"n-new\", \"url\": \"http://127.0.0.1:9\", \"slots\": 1}";
        send("PUT", "/nodes/{id}", node, 400, "{\"id\": \"n-new\"}");
        send("PUT", "/nodes/{id}", node, 403, offer.replace("127.0.0.1", "192.0.2.1"));
        send("PUT", "/nodes/{id}", node, 201, offer);
        send("PUT", "/nodes/{id}", node, 200, offer);
        send("DELETE", "/nodes/{id}", node, 204, "");
        get("/nodes/{id}", "/nodes/n-nobody", 404);
        send("POST", "/nodes/{id}/drain", "/nodes/n-nobody/drain", 404, "");
        String known = TestFarm.json(farm.get("/nodes")).at("/nodes/0/id").asText();
        get("/nodes/{id}", "/nodes/" + known, 200);
        send("POST", "/nodes/{id}/drain", "/nodes/" + known + "/drain", 200, "");
        send("POST", "/nodes/{id}/resume", "/nodes/" + known + "/resume", 200, "");
        get("/health/live", "/health/live", 200);
        get("/health/ready", "/health/ready", 200);
        get("/openapi.yaml", "/openapi.yaml", 200);
        get("/metrics", "/metrics", 200);
        get("/metrics", "/metrics", 200, "Accept", "application/openmetrics-text");
        get("/", "/", 200);
        for (String part : new String[] {"main.js", "dashboard.css", "icon.svg"}) {
            get("/dashboard/{part}", "/dashboard/" + part, 200);
        }
        get("/dashboard/{part}", "/dashboard/index.html", 404);
        get("/session", "/session", 200);
        send("POST", "/session", "/session", 200, "");
        send("DELETE", "/session", "/session", 204, "");
        stream("/events", "/events");
    }

    /** Reads the beginning of what has no end. */
    private static void stream(String template, String path) throws IOException {
        HttpResponse<InputStream> answer = TestFarm.send(farm.request(path), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream events = answer.body()) {
            assertThat(new String(events.readNBytes(10), StandardCharsets.UTF_8))
                    .startsWith("retry:");
        }
        api.check("GET", template, answer);
    }
}
