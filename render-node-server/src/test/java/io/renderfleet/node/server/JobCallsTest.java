package io.renderfleet.node.server;

import static io.renderfleet.node.server.TestNode.SMALL;
import static io.renderfleet.node.server.TestNode.assertProblem;
import static io.renderfleet.node.server.TestNode.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.http.server.RateLimit;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.BakingEngine;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node")
@Timeout(120)
class JobCallsTest {
    @TempDir
    Path root;

    @Test
    @DisplayName("takes a job, tells how it goes, and gives its frames")
    void wholeWay() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            HttpResponse<String> taken =
                    node.post("{\"from\":1,\"to\":3," + SMALL + ",\"job\":\"shot\",\"batch\":\"7\"}");

            assertThat(taken.statusCode()).isEqualTo(202);
            JsonNode job = json(taken);
            String id = job.get("id").asText();
            String pid = job.get("pid").asText();
            assertThat(taken.headers().firstValue("Location")).contains("/job/" + id);
            assertThat(job.get("frames").asText()).isEqualTo("1-3");
            assertThat(job.get("job").asText()).isEqualTo("shot");

            HttpResponse<String> end = node.awaitEnd(pid);
            assertThat(end.statusCode()).isEqualTo(200);
            assertThat(json(end).get("id").asText()).isEqualTo(id);
            assertThat(json(end).get("state").asText()).as(end.body()).isEqualTo("completed");
            assertThat(json(end).get("status").asText()).isEqualTo("Job completed");
            assertThat(json(end).get("finished").asText()).isEqualTo("1-3");
            assertThat(node.get("/job/" + id, "Accept", "text/plain").body()).isEqualTo("Job completed\n");

            JsonNode frames = json(node.get("/job/" + pid + "/frames")).get("frames");
            assertThat(frames).hasSize(3);
            assertThat(json(taken).has("outputs")).isFalse();
            assertThat(json(end).get("outputs")).isEqualTo(frames);
            JsonNode file = frames.get(1).get("files").get(0);
            HttpResponse<byte[]> image =
                    node.client.send(node.request("/job/" + id + "/frames/2").build(), BodyHandlers.ofByteArray());
            assertThat(image.headers().firstValue("Content-Type")).contains("image/png");
            assertThat(image.body()).hasSize(file.get("bytes").asInt());
            var digest = Sha256.newDigest();
            digest.update(image.body());
            assertThat(Sha256.of(digest).hex()).isEqualTo(file.get("sha256").asText());
            assertThat(ImageIO.read(new ByteArrayInputStream(image.body())).getWidth())
                    .isEqualTo(32);
            HttpResponse<byte[]> named = node.client.send(
                    node.request("/job/" + id + "/frames/2/" + file.get("name").asText())
                            .build(),
                    BodyHandlers.ofByteArray());
            assertThat(named.body()).isEqualTo(image.body());
        }
    }

    @Test
    @DisplayName(
            "answers alike however often it is asked about an ended job, of which it keeps more than it keeps answers")
    void askedAgain() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            Map<String, String> first = new LinkedHashMap<>();
            for (int i = 0; i < EndedAnswers.KEPT + 5; i++) {
                String pid = json(node.post("{\"from\":1,\"to\":1," + SMALL + "}"))
                        .get("pid")
                        .asText();
                HttpResponse<String> end = node.awaitEnd(pid);
                assertThat(json(end).get("pid").asText()).isEqualTo(pid);
                first.put(pid, end.body());
            }
            for (String pid : first.keySet()) {
                assertThat(node.get("/job/" + pid).body()).isEqualTo(first.get(pid));
                assertThat(node.get("/job/" + pid, "Accept", "text/plain").body())
                        .isEqualTo("Job completed\n");
                assertThat(node.get("/job/" + pid).body()).isEqualTo(first.get(pid));
            }
        }
    }

    @Test
    @DisplayName("tells what a job has made with its end only if that is little, and has all of it listed")
    void outputsOfManyFrames() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            String few = node.submit("1-100");
            assertThat(json(node.awaitEnd(few)).get("outputs")).hasSize(100);
            String many = node.submit("1-101");

            assertThat(json(node.awaitEnd(many)).has("outputs")).isFalse();
            assertThat(json(node.get("/job/" + many + "/frames")).get("frames")).hasSize(101);
        }
        try (TestNode again = TestNode.start(root)) {
            String id = again.server.node().job("1").orElseThrow().id();
            assertThat(json(again.get("/job/" + id)).get("outputs"))
                    .as("after a restart")
                    .isEqualTo(json(again.get("/job/" + id + "/frames")).get("frames"));
        }
    }

    @Test
    @DisplayName("sends a frame in ranges, and not again to who has it")
    void conditionalFrames() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            String path = "/job/" + node.submit("4") + "/frames/4";
            assertProblem(node.get(path + "0"), 404, "not-found");
            await().until(() -> node.get(path).statusCode() == 200);
            String etag = node.get(path).headers().firstValue("ETag").orElseThrow();

            assertThat(node.get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);
            assertThat(node.get(path, "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
            HttpResponse<byte[]> part = node.client.send(
                    node.request(path).header("Range", "bytes=1-3").build(), BodyHandlers.ofByteArray());
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(new byte[] {'P', 'N', 'G'});
            assertThat(node.get(path, "Range", "bytes=99999999-").statusCode()).isEqualTo(416);
        }
    }

    @Test
    @DisplayName("gives the scene that it has baked for a coordinator, also in ranges, and says where there is none")
    void baked() throws Exception {
        try (TestNode node = TestNode.start(
                root,
                Duration.ZERO,
                builder -> builder.engine(new BakingEngine(new TestPatternEngine())),
                http -> http.rateLimit(null))) {
            String id = json(node.post("{\"frames\":\"1\"," + SMALL + "}", "Attempt", "f-1/1/1"))
                    .get("id")
                    .asText();

            JsonNode scene = json(node.awaitEnd(id)).get("scene");

            assertThat(scene.get("frameRate").asText()).isEqualTo("25");
            assertThat(scene.get("simulation"))
                    .isEqualTo(TestNode.JSON.readTree("{\"first\":1,\"last\":250,\"secondsPerFrame\":0.01}"));
            HttpResponse<String> zip = node.get("/job/" + id + "/baked");
            assertThat(zip.statusCode()).isEqualTo(200);
            assertThat(zip.body()).isEqualTo(BakingEngine.ZIP);
            assertThat(zip.headers().firstValue("Content-Type")).contains("application/zip");
            assertThat(zip.headers().firstValue("ETag"))
                    .contains('"' + scene.get("baked").get("sha256").asText() + '"');
            HttpResponse<String> part = node.get("/job/" + id + "/baked", "Range", "bytes=2-4");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo("zip");
            String direct = node.submit("1");
            assertThat(json(node.awaitEnd(direct)).get("scene").has("baked")).isFalse();
            assertProblem(node.get("/job/" + direct + "/baked"), 404, "not-found");
        }
        try (TestNode again = TestNode.start(root)) {
            String id = again.server.node().job("1").orElseThrow().id();
            assertThat(again.get("/job/" + id + "/baked").body())
                    .as("after a restart")
                    .isEqualTo(BakingEngine.ZIP);
        }
    }

    @Test
    @DisplayName("gives a job's log, also from where one left off")
    void log() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            String id = node.submit("1-2");
            node.awaitEnd(id);

            String log = node.get("/job/" + id + "/log").body();
            assertThat(log).isNotEmpty();
            HttpResponse<String> rest = node.get("/job/" + id + "/log", "Range", "bytes=5-");
            assertThat(rest.statusCode()).isEqualTo(206);
            assertThat(rest.body()).isEqualTo(log.substring(5));
            assertThat(rest.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        }
    }

    @Test
    @DisplayName("does not know what it does not know")
    void unknown() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            for (String path :
                    new String[] {"/job/x", "/job/99", "/job/x/log", "/job/x/frames", "/job/x/frames/1", "/job/x/baked"
                    }) {
                assertProblem(node.get(path), 404, "not-found");
            }
            assertThat(node.get("/job/x", "Accept", "text/plain").body()).isEqualTo("Job not found\n");
            assertThat(node.get("/job/x", "Prefer", "wait=20").statusCode()).isEqualTo(404);
            assertProblem(node.delete("/job/x"), 404, "not-found");
            assertProblem(node.patch("/job/x", "{\"frames\":\"1\"}"), 404, "not-found");
            assertProblem(node.get("/job/x/frames/abc/"), 404, "not-found");
        }
    }

    @Test
    @DisplayName("refuses what no slot is free for, and says when to come back")
    void slots() throws Exception {
        try (TestNode node = TestNode.slow(root, Duration.ofMinutes(5))) {
            String id = node.submit("1-3");
            assertProblem(node.post("{\"from\":1,\"to\":2}"), 503, "slots-taken");

            assertThat(node.delete("/job/" + id).statusCode()).isIn(200, 202);
            HttpResponse<String> end = node.awaitEnd(id);
            assertThat(json(end).get("state").asText()).isEqualTo("cancelled");
            assertThat(node.get("/job/" + id, "Accept", "text/plain").body()).isEqualTo("Job cancelled\n");
            assertThat(node.delete("/job/" + id).statusCode()).isEqualTo(200);
            assertThat(node.post("{\"from\":1,\"to\":2}").statusCode()).isEqualTo(202);
        }
    }

    @Test
    @DisplayName("gives untouched frames of a job up, and none of one that has ended")
    void shorten() throws Exception {
        try (TestNode node = TestNode.slow(root, Duration.ofSeconds(1))) {
            String id = node.submit("1-9");
            await().until(() -> !json(node.get("/job/" + id)).get("startedAt").isNull());
            HttpResponse<String> kept = node.patch("/job/" + id, "{\"frames\":\"2\"}");
            assertThat(kept.statusCode()).isEqualTo(200);
            assertThat(json(kept).get("frames").asText()).isEqualTo("1-2");
            assertProblem(node.patch("/job/" + id, "{\"frames\":\"1-b\"}"), 400, "invalid-request");
            assertProblem(node.patch("/job/" + id, "{}"), 400, "invalid-request");

            assertThat(json(node.awaitEnd(id)).get("finished").asText()).isEqualTo("1-2");
            HttpResponse<String> late = node.patch("/job/" + id, "{\"frames\":\"1\"}");
            assertProblem(late, 409, "job-ended");
            assertThat(json(late).get("frames").asText()).isEqualTo("1-2");
        }
    }

    @Test
    @DisplayName("answers the same key with the same job, also when it is full, over the rate or draining")
    void idempotency() throws Exception {
        try (TestNode node = TestNode.start(
                root, Duration.ofMinutes(5), builder -> {}, http -> http.rateLimit(RateLimit.parse("3/h")))) {
            String body = "{\"from\":1,\"to\":5," + SMALL + "}";
            String id = json(node.post(body, "Idempotency-Key", "k1")).get("id").asText();
            String sameMeaning = "{" + SMALL + ", \"frames\" : \"1-5\"}";
            for (int i = 0; i < 5; i++) {
                HttpResponse<String> again = node.post(sameMeaning, "Idempotency-Key", "k1");
                assertThat(again.statusCode()).isEqualTo(202);
                assertThat(json(again).get("id").asText()).isEqualTo(id);
            }
            assertProblem(node.post("{\"from\":1,\"to\":6}", "Idempotency-Key", "k1"), 422, "key-reused");
            assertProblem(node.post(body, "Idempotency-Key", "k2"), 503, "slots-taken");
            assertProblem(node.post(body, "Idempotency-Key", "k2"), 429, "rate-limited");
            node.server.node().drain(Duration.ofMinutes(1));
            assertThat(json(node.post(body, "Idempotency-Key", "k1")).get("id").asText())
                    .isEqualTo(id);
        }
    }

    @Test
    @DisplayName("refuses a coordinator that a newer one of the same farm has replaced")
    void fencing() throws Exception {
        try (TestNode node = TestNode.slow(root, Duration.ofMinutes(5))) {
            String body = "{\"from\":1,\"to\":5}";
            assertProblem(node.post(body, "Idempotency-Key", "bad key"), 400, "invalid-request");
            HttpResponse<String> taken = node.post(body, "Attempt", "farm/2/1", "Idempotency-Key", "farm/2/1");
            String path = "/job/" + json(taken).get("id").asText();
            assertThat(taken.statusCode()).isEqualTo(202);

            HttpResponse<String> stale = node.post(body, "Attempt", "farm/1/9", "Idempotency-Key", "farm/2/1");
            assertProblem(stale, 409, "stale-epoch");
            assertProblem(node.delete(path, "Attempt", "farm/1/9"), 409, "stale-epoch");
            assertProblem(node.patch(path, "{\"frames\":\"1\"}", "Attempt", "farm/1/9"), 409, "stale-epoch");
            assertProblem(node.post(body, "Attempt", "nonsense"), 400, "invalid-request");
            assertProblem(node.delete(path, "Attempt", "farm/x/1"), 400, "invalid-request");
            assertThat(node.delete(path, "Attempt", "farm/3/1").statusCode()).isIn(200, 202);
        }
    }

    @Test
    @DisplayName("lets each client call so often, but does not count held polls and cancels")
    void rateLimit() throws Exception {
        try (TestNode node = TestNode.start(
                root, Duration.ofMinutes(5), builder -> {}, http -> http.rateLimit(RateLimit.parse("3/h")))) {
            String id = node.submit("1");
            HttpResponse<String> polled = node.get("/job/" + id);
            assertThat(polled.headers().firstValue("RateLimit-Policy")).contains("\"client\";q=3;w=3600");
            assertThat(polled.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"client\";r=1;t=");
            for (int i = 0; i < 3; i++) {
                assertThat(node.get("/job/" + id, "Prefer", "wait=1").statusCode())
                        .isEqualTo(202);
            }
            assertProblem(node.post("{"), 400, "invalid-request");
            assertProblem(node.get("/job/" + id), 429, "rate-limited");
            assertProblem(node.post("{"), 429, "rate-limited");
            assertThat(node.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(node.delete("/job/" + id).statusCode()).isIn(200, 202);
        }
    }

    @Test
    @DisplayName("counts what is wrong, also where it bears an idempotency key")
    void wrongWithAKey() throws Exception {
        try (TestNode node = TestNode.start(
                root, Duration.ofMinutes(5), builder -> {}, http -> http.rateLimit(RateLimit.parse("4/h")))) {
            String body = "{\"from\":1,\"to\":5," + SMALL + "}";
            assertThat(node.post(body, "Idempotency-Key", "k1").statusCode()).isEqualTo(202);

            assertProblem(node.post("{", "Idempotency-Key", "k2"), 400, "invalid-request");
            assertThat(node.post(" ".repeat(70_000), "Idempotency-Key", "k2").statusCode())
                    .isEqualTo(413);
            assertProblem(node.post("{\"from\":1,\"to\":6}", "Idempotency-Key", "k1"), 422, "key-reused");

            assertProblem(node.post("{", "Idempotency-Key", "k2"), 429, "rate-limited");
            assertProblem(node.post("{\"from\":1,\"to\":6}", "Idempotency-Key", "k1"), 429, "rate-limited");
            assertThat(node.post(body, "Idempotency-Key", "k1").statusCode())
                    .as("a true repetition")
                    .isEqualTo(202);
        }
    }

    @Test
    @DisplayName("holds a poll until progress differs from what the client knows")
    void longPoll() throws Exception {
        try (TestNode node = TestNode.slow(root, Duration.ofMillis(400))) {
            String path = "/job/" + node.submit("1-4");
            HttpResponse<String> response = node.get(path);
            assertThat(response.headers().firstValue("Vary")).contains("Accept, Prefer");
            int answers = 0;
            while (response.statusCode() != 200) {
                String etag = response.headers().firstValue("ETag").orElseThrow();
                response = node.get(path, "Prefer", "wait=20", "If-None-Match", etag);
                assertThat(response.headers().firstValue("ETag")).isNotEqualTo(Optional.of(etag));
                assertThat(response.headers().firstValue("Preference-Applied")).contains("wait");
                answers++;
            }
            assertThat(answers).isBetween(3, 16);
            String last = response.headers().firstValue("ETag").orElseThrow();
            assertThat(node.get(path, "If-None-Match", last).statusCode()).isEqualTo(304);
        }
    }

    @Test
    @DisplayName("tells who it is and how it is")
    void description() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            JsonNode self = json(node.get("/node"));
            assertThat(self.get("id").asText())
                    .isEqualTo(node.server.node().id().value());
            assertThat(self.get("engines").get(0).get("name").asText()).isEqualTo("test-pattern");
            assertThat(self.get("capabilities").toString()).contains("long-poll", "frames", "scenes");
            assertThat(node.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(node.get("/health/live", "Accept", "text/plain").body()).isEqualTo("live\n");

            node.server.node().drain(Duration.ofSeconds(1));
            assertProblem(node.get("/health/ready"), 503, "draining");
            assertThat(node.get("/health/live").statusCode()).isEqualTo(200);
            assertProblem(node.post("{\"from\":1,\"to\":1}"), 503, "draining");
        }
    }

    @Test
    @DisplayName("tells Prometheus of its slots, jobs, frames and failures")
    void metrics() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            node.awaitEnd(node.submit("1-3"));
            node.delete("/job/" + node.submit("1-100000"));

            await().untilAsserted(() -> assertThat(node.get("/metrics").body())
                    .contains("renderfleet_node_slots 1.0")
                    .contains("renderfleet_node_jobs_taken_total 2.0")
                    .contains("renderfleet_node_jobs_ended_total{state=\"completed\"} 1.0")
                    .contains("renderfleet_node_jobs_ended_total{state=\"cancelled\"} 1.0")
                    .contains("renderfleet_node_jobs_ended_total{state=\"failed\"} 0.0")
                    .containsPattern("renderfleet_node_frames_seconds_count [1-9]")
                    .contains("http_server_requests_seconds_count{method=\"POST\",status=\"202\",uri=\"/job\"} 2"));
        }
    }

    @Test
    @DisplayName("lists many frames without their text in memory, and none before the first")
    void manyFrames() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            String id = node.submit("1-400");
            assertThat(json(node.get("/job/" + id + "/frames")).get("frames").isArray())
                    .isTrue();
            node.awaitEnd(id);

            JsonNode frames = json(node.get("/job/" + id + "/frames")).get("frames");

            assertThat(frames).hasSize(400);
            assertThat(frames.get(399).get("frame").asInt()).isEqualTo(400);
            assertThat(frames.get(399).get("files").get(0).get("sha256").asText())
                    .hasSize(64);
        }
    }

    @Test
    @DisplayName("asks for the token that it was given")
    void token() throws Exception {
        String token = "a-token-of-some-length";
        try (TestNode node = TestNode.start(root, Duration.ZERO, builder -> {}, http -> http.token(token))) {
            assertProblem(node.get("/node"), 401, "unauthorized");
            assertProblem(node.post("{\"from\":1,\"to\":1}"), 401, "unauthorized");
            assertThat(node.get("/node", "Authorization", "Bearer " + token).statusCode())
                    .isEqualTo(200);
            assertThat(node.get("/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("stops in good order: held polls are answered, what is finished can still be fetched")
    void shutDown() throws Exception {
        TestNode node = TestNode.slow(root, Duration.ofMillis(300));
        String path = "/job/" + node.submit("1-100");
        await().until(() -> node.get(path + "/frames/1").statusCode() == 200);
        var held = node.client.sendAsync(
                node.request(path).header("Prefer", "wait=25").build(), BodyHandlers.ofString());
        Thread stop = new Thread(() -> node.server.shutDown(Duration.ofMillis(500)));
        stop.start();

        assertThat(held.get().statusCode()).isIn(200, 202);
        HttpResponse<String> end = node.awaitEnd(path.substring(5));
        assertThat(json(end).get("failure").get("kind").asText()).isEqualTo("NODE_DRAINED");
        assertThat(node.get(path + "/frames/1").statusCode()).isEqualTo(200);
        stop.join();
    }
}
