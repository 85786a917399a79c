package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The orchestrator's API")
@Timeout(60)
class ProtocolTest {
    /** The digest of {@code hello}. */
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    static Path folder;

    private static TestFarm farm;
    private static String done;
    private static String waiting;
    private static String node;

    ProtocolTest() {}

    @BeforeAll
    static void start() throws IOException {
        farm = new TestFarm(folder, 1);
        done = farm.submit(
                "{\"frames\": \"1-2\", \"output\": \"f_###\", \"settings\": {\"width\": 32, \"height\": 18}}");
        waiting = farm.submit("{\"frames\": \"1\", \"requires\": {\"gpu\": \"none-has-this\"}}");
        farm.await(done);
        node = TestFarm.json(farm.get("/nodes")).at("/nodes/0/id").asText();
        TestFarm.send(farm.request("/content/" + HELLO).PUT(HttpRequest.BodyPublishers.ofString("hello")));
    }

    @AfterAll
    static void stop() {
        farm.close();
    }

    private static HttpResponse<String> send(String method, String path, String... headers) {
        HttpRequest.Builder request = farm.request(path).method(method, HttpRequest.BodyPublishers.noBody());
        return TestFarm.send(headers.length == 0 ? request : request.headers(headers));
    }

    @Test
    @DisplayName("answers HEAD as it answers GET, without the content, wherever there is a GET")
    void head() {
        List<String> paths = farm.server.routes().stream()
                .filter(route -> route.startsWith("GET "))
                .map(route -> route.substring(4)
                        .replace("/nodes/{id}", "/nodes/" + node)
                        .replace("{id}", done)
                        .replace("{frame}", "2")
                        .replace("{file*}", "f_002.png")
                        .replace("{part}", "main.js")
                        .replace("{sha256}", HELLO))
                .filter(path -> !path.endsWith("events"))
                .toList();
        assertThat(paths).hasSizeGreaterThan(12);
        for (String path : paths) {
            HttpResponse<String> get = send("GET", path);
            HttpResponse<String> head = send("HEAD", path);

            assertThat(get.statusCode()).as(path).isEqualTo(200);
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            assertThat(head.body()).as(path).isEmpty();
            assertThat(head.headers().firstValue("Content-Type"))
                    .as(path)
                    .isEqualTo(get.headers().firstValue("Content-Type"));
        }
    }

    @Test
    @DisplayName("says of every path which methods there are, to OPTIONS and to wrong ones")
    void methods() {
        for (String route : farm.server.routes()) {
            String path = route.substring(route.indexOf(' ') + 1).replaceAll("\\{[^}]*}", "x");
            HttpResponse<String> options = send("OPTIONS", path);
            HttpResponse<String> wrong = send("PROPFIND", path);

            assertThat(options.statusCode()).as(path).isEqualTo(204);
            assertThat(wrong.statusCode()).as(path).isEqualTo(405);
            assertThat(wrong.headers().firstValue("Allow"))
                    .isEqualTo(options.headers().firstValue("Allow"))
                    .hasValueSatisfying(allow -> assertThat(allow).contains(route.substring(0, route.indexOf(' '))));
            assertThat(TestFarm.json(wrong).get("type").asText()).endsWith(":method-not-allowed");
        }
    }

    @Test
    @DisplayName("bears the headers that keep browsers from misusing it, on good answers and bad ones")
    void safety() {
        for (String path :
                List.of("/jobs", "/nothing/here", "/", "/dashboard/main.js", "/jobs/no-such-job", "/metrics")) {
            HttpResponse<String> answer = send("GET", path);
            assertThat(answer.headers().firstValue("X-Content-Type-Options"))
                    .as(path)
                    .hasValue("nosniff");
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .as(path)
                    .hasValueSatisfying(
                            policy -> assertThat(policy).contains("default-src 'none'", "frame-ancestors 'none'"));
            assertThat(answer.headers().firstValue("Cache-Control")).as(path).hasValue("no-store");
            assertThat(answer.headers().firstValue("Server")).as(path).isEmpty();
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(path)
                    .isEmpty();
        }
    }

    @Test
    @DisplayName(
            "answers a poll with If-None-Match at once, and with Prefer at its expiry, with 304 where nothing has changed")
    void conditionalPolls() {
        String path = "/status/" + waiting;
        HttpResponse<String> first = send("GET", path);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(first.headers().firstValue("Vary")).hasValue("Accept, Prefer");

        HttpResponse<String> prompt = send("GET", path, "If-None-Match", tag);
        assertThat(prompt.statusCode()).isEqualTo(304);
        assertThat(prompt.headers().firstValue("Preference-Applied")).isEmpty();

        long began = System.nanoTime();
        HttpResponse<String> held = send("GET", path, "If-None-Match", tag, "Prefer", "wait=1");
        assertThat(held.statusCode()).isEqualTo(304);
        assertThat(held.headers().firstValue("Preference-Applied")).hasValue("wait");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(900));

        HttpResponse<String> plain = send("GET", path, "Prefer", "wait=1");
        assertThat(plain.statusCode()).isEqualTo(202);
        assertThat(plain.headers().firstValue("Retry-After")).isPresent();
        assertThat(plain.headers().firstValue("Location")).hasValue(path);
        assertThat(plain.headers().firstValue("Preference-Applied")).hasValue("wait");
    }

    @Test
    @DisplayName("gives the archive as a zip with a name, and the log of the last batch where none is named")
    void archiveAndLog() {
        HttpResponse<String> archive = send("GET", "/jobs/" + done + "/archive");
        assertThat(archive.headers().firstValue("Content-Type")).hasValue("application/zip");
        assertThat(archive.headers().firstValue("Content-Disposition"))
                .hasValue("attachment; filename=\"" + done + ".zip\"");

        HttpResponse<String> log = send("GET", "/jobs/" + done + "/log");
        assertThat(log.statusCode()).isEqualTo(200);
        assertThat(log.headers().firstValue("Batch")).isPresent();
        assertThat(send("GET", "/jobs/" + waiting + "/log").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/jobs/" + waiting + "/archive").statusCode()).isEqualTo(200);
    }
}
