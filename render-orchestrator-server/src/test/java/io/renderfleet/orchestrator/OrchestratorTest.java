package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The orchestrator")
class OrchestratorTest {
    private static final String TINY = ", \"settings\": {\"width\": 32, \"height\": 18}}";

    private TestFarm farm;

    OrchestratorTest() {}

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        farm = new TestFarm(folder, 3);
    }

    @AfterEach
    void stop() {
        farm.close();
    }

    @Test
    @DisplayName("takes twenty frames in, tells how they come along, and has them all in its output folder")
    void rendersTwentyFrames() {
        HttpResponse<String> submitted = farm.post("/render", "{\"from\": 1, \"to\": 20" + TINY);

        assertThat(submitted.statusCode()).isEqualTo(202);
        String job = TestFarm.json(submitted).get("jobId").asText();
        assertThat(submitted.headers().firstValue("Location")).hasValue("/status/" + job);
        assertThat(submitted.headers().firstValue("Retry-After")).hasValue("1");

        JsonNode ended = farm.await(job);
        assertThat(ended.get("state").asText()).isEqualTo("completed");
        assertThat(ended.get("accepted").asText()).isEqualTo("1-20");
        assertThat(farm.outputs.resolve(job).toFile().list())
                .filteredOn(name -> name.matches("blender-render_00\\d\\d\\.png"))
                .hasSize(20);
    }

    @Test
    @DisplayName("says in one line of text whether a job is done")
    void saysInText() {
        String job = farm.submit("{\"from\": 1, \"to\": 2" + TINY);
        farm.await(job);

        HttpResponse<String> done = farm.get("/status/" + job);

        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body()).isEqualTo("Job completed\n");
        assertThat(done.headers().firstValue("Content-Type")).hasValue("text/plain;charset=utf-8");
        assertThat(farm.get("/status/no-such-job").statusCode()).isEqualTo(404);
        assertThat(farm.get("/status/no-such-job").body()).isEqualTo("Job not found\n");
    }

    @Test
    @DisplayName("tells where to look and when while a job is not done")
    void tellsWhenToLook() {
        String job = farm.submit("{\"from\": 1, \"to\": 2, \"requires\": {\"gpu\": \"none-has-this\"}}");

        HttpResponse<String> running = farm.get("/status/" + job);

        assertThat(running.statusCode()).isEqualTo(202);
        assertThat(running.body()).isEqualTo("Job still running\n");
        assertThat(running.headers().firstValue("Location")).hasValue("/status/" + job);
        assertThat(running.headers().firstValue("Retry-After")).hasValue("5");
        assertThat(running.headers().firstValue("ETag")).isPresent();
    }

    @Test
    @DisplayName("lists the frames of a job and gives each of them, parts of them, and all as a zip")
    void givesFrames() throws IOException {
        String job = farm.submit("{\"frames\": \"1-3\", \"output\": \"shot/f_###\"" + TINY);
        farm.await(job);

        JsonNode frames = TestFarm.json(farm.get("/jobs/" + job + "/frames")).get("frames");
        assertThat(frames).hasSize(3);
        JsonNode file = frames.get(1).get("files").get(0);
        assertThat(file.get("name").asText()).isEqualTo("shot/f_002.png");

        String path = "/jobs/" + job + "/frames/2";
        HttpResponse<byte[]> picture = TestFarm.send(farm.request(path), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(picture.headers().firstValue("ETag"))
                .hasValue("\"" + file.get("sha256").asText() + "\"");
        assertThat(ImageIO.read(new ByteArrayInputStream(picture.body())).getWidth())
                .isEqualTo(32);
        assertThat(TestFarm.send(
                                farm.request(path).header("Range", "bytes=0-3"),
                                HttpResponse.BodyHandlers.ofByteArray())
                        .body())
                .hasSize(4);
        assertThat(farm.get(path + "/shot/f_002.png").statusCode()).isEqualTo(200);
        assertThat(farm.get(path + "/shot/f_003.png").statusCode()).isEqualTo(404);
        assertThat(farm.get("/jobs/" + job + "/frames/4").statusCode()).isEqualTo(404);
        assertThat(farm.get("/jobs/" + job + "/frames/x").statusCode()).isEqualTo(400);

        HttpResponse<byte[]> archive =
                TestFarm.send(farm.request("/jobs/" + job + "/archive"), HttpResponse.BodyHandlers.ofByteArray());
        int entries = 0;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive.body()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getName()).isEqualTo("shot/f_00" + ++entries + ".png");
                assertThat(ImageIO.read(new ByteArrayInputStream(zip.readAllBytes())))
                        .isNotNull();
            }
        }
        assertThat(entries).isEqualTo(3);
    }

    @Test
    @DisplayName("cancels, pauses, resumes and reprioritizes, and refuses to do so once a job has ended")
    void changesJobs() {
        String job = farm.submit("{\"from\": 1, \"to\": 2, \"name\": \"Shot 10\", \"requires\": {\"gpu\": \"none\"}}");
        assertThat(job).startsWith("shot-10-");
        String path = "/jobs/" + job;

        assertThat(TestFarm.json(farm.call("PATCH", path, "{\"priority\": 7}"))
                        .get("priority")
                        .asInt())
                .isEqualTo(7);
        assertThat(TestFarm.json(farm.post(path + "/pause", "")).get("state").asText())
                .isEqualTo("paused");
        assertThat(TestFarm.json(farm.post(path + "/resume", "")).get("state").asText())
                .isEqualTo("queued");
        HttpResponse<String> cancelled = TestFarm.send(farm.request(path).DELETE());
        assertThat(cancelled.statusCode()).isEqualTo(200);
        assertThat(TestFarm.json(cancelled).get("state").asText()).isEqualTo("cancelled");
        assertThat(farm.get("/status/" + job).body()).isEqualTo("Job cancelled\n");
        assertThat(farm.post(path + "/pause", "").statusCode()).isEqualTo(409);
        assertThat(farm.post(path + "/retry", "").statusCode()).isEqualTo(202);
    }

    @Test
    @DisplayName("lists its nodes, and is ready")
    void listsNodes() {
        farm.await(farm.submit("{\"from\": 1, \"to\": 1" + TINY));

        JsonNode nodes = TestFarm.json(farm.get("/nodes")).get("nodes");

        assertThat(nodes).hasSize(3).allSatisfy(node -> {
            assertThat(node.get("state").asText()).isEqualTo("up");
            assertThat(node.get("slots").asInt()).isEqualTo(1);
        });
        assertThat(farm.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(farm.get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("holds a poll that wants to wait until the job has ended")
    void holdsPolls() {
        String job = farm.submit("{\"from\": 1, \"to\": 2" + TINY);

        HttpResponse<String> done = TestFarm.send(farm.request("/status/" + job).header("Prefer", "wait=25"));

        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body()).isEqualTo("Job completed\n");
    }

    @Test
    @DisplayName("gives the log of a batch")
    void givesLogs() {
        String job = farm.submit("{\"from\": 1, \"to\": 1" + TINY);
        farm.await(job);

        HttpResponse<String> log = TestFarm.send(
                farm.request("/jobs/" + job + "/log?batch=1").method("GET", HttpRequest.BodyPublishers.noBody()));

        assertThat(log.statusCode()).isEqualTo(200);
        assertThat(log.headers().firstValue("Batch")).hasValue("1");
        assertThat(farm.get("/jobs/" + job + "/log?batch=99").statusCode()).isEqualTo(404);
    }
}
