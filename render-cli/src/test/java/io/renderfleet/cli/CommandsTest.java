package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The command line, with a farm")
class CommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path shared;

    private static LocalFarm farm;
    private static Path token;

    @BeforeAll
    static void startFarm() throws IOException {
        farm = new LocalFarm(shared, Duration.ofMillis(20));
        token = Files.writeString(shared.resolve("token"), LocalFarm.TOKEN + "\n");
    }

    @AfterAll
    static void stopFarm() {
        farm.close();
    }

    private static Ran render(String command, String... args) {
        return farm.render(token, command, args);
    }

    private static String completedJob(String frames) {
        Ran ran = render("submit", frames, "--wait");
        assertThat(ran.code()).as(ran.toString()).isZero();
        return ran.onlyLine();
    }

    @Test
    @DisplayName("submits, waits, and brings the frames home")
    void submitsAndFetches(@TempDir Path home) throws IOException {
        Ran ran = render(
                "submit",
                "1-6",
                "--output",
                "shot_####",
                "--name",
                "shot-010",
                "--batch-size",
                "2",
                "--fetch",
                home.toString());

        assertThat(ran.code()).as(ran.toString()).isZero();
        assertThat(ran.onlyLine()).startsWith("shot-010");
        assertThat(ran.err()).contains("6 of 6 frames", "Job completed", "6 files downloaded");
        assertThat(names(home))
                .containsExactly(
                        "shot_0001.png",
                        "shot_0002.png",
                        "shot_0003.png",
                        "shot_0004.png",
                        "shot_0005.png",
                        "shot_0006.png");
    }

    @Test
    @DisplayName("downloads only what is not there or not right")
    void downloadsWhatIsMissing(@TempDir Path home) throws IOException {
        String job = completedJob("1-3");
        assertThat(render("frames", job, "--fetch", home.toString()).err())
                .contains("3 files downloaded", "0 were there");
        Path first = home.resolve(names(home).get(0));
        byte[] right = Files.readAllBytes(first);
        Files.writeString(first, "damaged");

        Ran again = render("frames", job, "--fetch", home.toString());

        assertThat(again.code()).isZero();
        assertThat(again.err()).contains("1 files downloaded", "2 were there");
        assertThat(first).hasBinaryContent(right);
        assertThat(names(home)).hasSize(3);
        assertThat(Files.getPosixFilePermissions(first))
                .as("as for any other file of this user's")
                .isEqualTo(Files.getPosixFilePermissions(Files.createFile(home.resolve("other"))));
    }

    @Test
    @DisplayName("makes a film that has every frame")
    void makesAFilm(@TempDir Path home) {
        ExternalTool.FFMPEG.require();
        ExternalTool.FFPROBE.require();
        String job = completedJob("10-1x3,20");

        Ran ran = render(
                "frames",
                job,
                "--fetch",
                home.resolve("frames").toString(),
                "--film",
                home.resolve("shot.mp4").toString());

        assertThat(ran.code()).as(ran.toString()).isZero();
        assertThat(ran.err()).contains("shot.mp4: 5 frames");
        assertThat(home.resolve("shot.mp4")).isNotEmptyFile();
        assertThat(home).isDirectoryNotContaining("glob:**/.film-*");
    }

    @Test
    @DisplayName("tells how a job stands, its frames, its log and its nodes")
    void tells() {
        String job = completedJob("7");

        assertThat(render("status", job).onlyLine()).isEqualTo("Job completed (completed, 1 of 1 frames)");
        assertThat(render("frames", job).lines()).hasSize(2).last().asString().startsWith("7 ");
        assertThat(render("logs", job).code()).isZero();
        assertThat(render("nodes").lines()).hasSize(2).last().asString().contains(" up ");
        assertThat(render("watch", job).code()).isZero();
    }

    @Test
    @DisplayName("explains what happened to a job and to a frame, in sentences and as JSON")
    void explains() throws IOException {
        String job = completedJob("1-3");

        List<String> whole = render("explain", job).lines();
        assertThat(whole.get(0)).isEqualTo("Job completed (completed, 3 of 3 frames)");
        assertThat(whole.get(1)).matches("n-\\S+ completed 1 batch with 3 frames, [0-9.]+ s a frame\\.");
        assertThat(whole.get(2)).matches("Trace: [0-9a-f]{32}");
        assertThat(whole).hasSize(3);
        assertThat(render("explain", job, "--all").lines().get(1))
                .matches("\\S+Z  Batch 1, frames 1-3, on n-\\S+: waited .* s, .*\\. It completed after [0-9.]+ s\\.");

        List<String> frame = render("explain", job, "2").lines();
        assertThat(frame.get(0)).matches("Frame 2 is there: n-\\S+ rendered it in [0-9.]+ s, in batch 1\\.");
        assertThat(frame.get(1)).matches("File: \\S+ [0-9]+ bytes");
        assertThat(frame.get(2)).contains("Batch 1, frames 1-3, on n-");
        assertThat(frame.get(3)).isEqualTo("Log: render logs " + job + " --batch 1 --frame 2");

        JsonNode json = JSON.readTree(render("explain", job, "2", "--json").onlyLine());
        assertThat(json.get("state").asText()).isEqualTo("accepted");
        assertThat(JSON.readTree(render("explain", job, "--json").onlyLine()).get("attempts"))
                .hasSize(1);
        assertThat(render("explain", job, "99").code()).isEqualTo(4);
        assertThat(render("explain", job, "x").code()).isEqualTo(2);
        assertThat(render("explain", "no-such-job").code()).isEqualTo(4);
    }

    @Test
    @DisplayName("explains what a frame waits for that nobody has begun")
    void explainsWaiting() {
        String job = render("submit", "1-3", "--requires", "gpu=yes").onlyLine();

        assertThat(render("explain", job, "2").lines())
                .startsWith("Frame 2 waits for a node.")
                .contains("No attempt that had it is known.")
                .anyMatch(line -> line.startsWith("Waits: ") && line.endsWith("[label-missing]"));
        assertThat(render("explain", job).lines()).contains("Nothing of it was tried yet.");
        assertThat(render("cancel", job).code()).isZero();
        assertThat(render("explain", job, "2").lines().get(0))
                .isEqualTo("Frame 2 is not there: the job ended without it: Somebody cancelled the job. [CANCELLED]");
    }

    @Test
    @DisplayName("tells why a job waits")
    void waits() {
        String job = render("submit", "1-3", "--requires", "gpu=yes").onlyLine();

        Ran ran = render("status", job);
        assertThat(ran.code()).isEqualTo(ExitCode.NOT_ENDED.number());
        assertThat(ran.lines())
                .last()
                .isEqualTo("Waits: 1 node lacks a label of those that the job requires, {gpu=yes}."
                        + " Give a node the label, or submit the job without it. [label-missing]");
        assertThat(render("cancel", job).code()).isZero();
    }

    @Test
    @DisplayName("answers in JSON")
    void json() throws IOException {
        Ran submitted = render("submit", "1-2", "--json", "--wait");
        JsonNode job = JSON.readTree(submitted.onlyLine());
        String id = job.get("id").asText();

        assertThat(job.get("state").asText()).isEqualTo("completed");
        assertThat(submitted.err()).isEmpty();
        assertThat(JSON.readTree(render("status", id, "--json").onlyLine())
                        .get("accepted")
                        .asText())
                .isEqualTo("1-2");
        assertThat(JSON.readTree(render("frames", id, "--json").onlyLine()).get("frames"))
                .hasSize(2);
        assertThat(JSON.readTree(render("nodes", "--json").onlyLine()).get("nodes"))
                .hasSize(1);
        assertThat(JSON.readTree(render("logs", id, "--json").onlyLine())
                        .get("jobId")
                        .asText())
                .isEqualTo(id);
        assertThat(render("watch", id, "--json").lines())
                .last()
                .satisfies(line ->
                        assertThat(JSON.readTree(line).get("state").asText()).isEqualTo("completed"));
    }

    @Test
    @DisplayName("cancels a job, and ends with a code that tells so")
    void cancels() {
        String job = render("submit", "1-10000").onlyLine();

        assertThat(render("status", job).code()).isEqualTo(ExitCode.NOT_ENDED.number());
        assertThat(render("cancel", job).code()).isZero();
        assertThat(render("watch", job).code()).isEqualTo(ExitCode.CANCELLED.number());
        assertThat(render("status", job).code()).isEqualTo(ExitCode.CANCELLED.number());
    }

    @Test
    @DisplayName("pauses a job, makes it more urgent, and lets it go on")
    void pausesAndResumes() throws IOException {
        String job = render("submit", "1-10000").onlyLine();

        assertThat(render("pause", job).onlyLine()).contains("(paused, ");
        assertThat(render("status", job).code()).isEqualTo(ExitCode.NOT_ENDED.number());
        assertThat(render("priority", job, "7").onlyLine())
                .contains("(paused, ")
                .endsWith(", priority 7");
        assertThat(JSON.readTree(render("priority", "--json", job, "--", "-7").onlyLine())
                        .get("priority")
                        .asInt())
                .isEqualTo(-7);
        assertThat(JSON.readTree(render("resume", job, "--json").onlyLine())
                        .get("state")
                        .asText())
                .isIn("running", "queued");
        assertThat(render("cancel", job).code()).isZero();
        assertThat(render("watch", job).code()).isEqualTo(ExitCode.CANCELLED.number());
        Ran late = render("pause", job);
        assertThat(late.code()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(late.err().lines()).hasSize(1);
    }

    @Test
    @DisplayName("says that there is nothing to try again where no frame was given up")
    void nothingToRetry() {
        Ran ran = render("retry", completedJob("3"));

        assertThat(ran.code()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(ran.err()).isEqualToIgnoringNewLines("render: No frame of the job was given up.");
    }

    @Test
    @DisplayName("drains a node, lets it take work again, and knows when there is no such node")
    void drainsANode() throws IOException {
        String node = JSON.readTree(render("nodes", "--json").onlyLine())
                .get("nodes")
                .get(0)
                .get("id")
                .asText();

        assertThat(render("nodes", "drain", node).onlyLine()).startsWith(node + " is draining, ");
        assertThat(JSON.readTree(render("nodes", "resume", "--json", node).onlyLine())
                        .get("state")
                        .asText())
                .isEqualTo("up");
        assertThat(Ran.render("nodes", "--orchestrator", farm.url(), "--token-file", token.toString(), "resume", node)
                        .onlyLine())
                .as("options before the second word")
                .startsWith(node + " is up, ");
        Ran unknown = render("nodes", "drain", "n-nobody");
        assertThat(unknown.code()).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(unknown.err()).isEqualToIgnoringNewLines("render: No node n-nobody is known.");
        assertThat(render("nodes", "remove", "n-nobody").code()).isEqualTo(ExitCode.NOT_FOUND.number());
    }

    @Test
    @DisplayName("says in one line that there is no such job")
    void unknownJob() {
        Ran ran = render("status", "no-such-job");

        assertThat(ran.code()).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(ran.err()).isEqualToIgnoringNewLines("render: Job not found");
    }

    @Test
    @DisplayName("says in one line that a token is needed")
    void noToken() {
        Ran ran = Ran.render("nodes", "--orchestrator", farm.url());

        assertThat(ran.code()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(ran.err()).isEqualToIgnoringNewLines("render: a token is needed: name its file by --token-file");
    }

    @Test
    @DisplayName("says that a token does not allow something, also where the answer has no words for it")
    void tokenOfAViewer(@TempDir Path folder) throws IOException {
        Path viewer = Files.writeString(folder.resolve("token"), LocalFarm.VIEWER);
        Path scene = Files.writeString(folder.resolve("shot.blend"), "a scene");

        Ran ran = farm.render(viewer, "submit", scene.toString(), "1");

        assertThat(ran.code()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(ran.err()).isEqualToIgnoringNewLines("render: the token does not allow that");
    }

    @Test
    @DisplayName("goes on to the next orchestrator where one does not answer")
    void severalOrchestrators() {
        Ran ran = Ran.render(
                "nodes", "--orchestrator", "http://127.0.0.1:1," + farm.url(), "--token-file", token.toString());

        assertThat(ran.code()).as(ran.toString()).isZero();
    }

    @Test
    @DisplayName("follows one that stands by to the one that leads, but only where the user has named it")
    void followsToTheLeader() throws IOException {
        HttpServer standby = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        standby.createContext("/", call -> {
            call.getResponseHeaders().set("Location", farm.url() + call.getRequestURI());
            call.sendResponseHeaders(307, -1);
            call.close();
        });
        standby.start();
        String url = "http://127.0.0.1:" + standby.getAddress().getPort();
        try {
            Ran both = Ran.render("nodes", "--orchestrator", url + "," + farm.url(), "--token-file", token.toString());
            Ran alone = Ran.render("nodes", "--orchestrator", url, "--token-file", token.toString());

            assertThat(both.code()).as(both.toString()).isZero();
            assertThat(alone.code()).isEqualTo(ExitCode.UNREACHABLE.number());
            assertThat(alone.err()).contains(farm.url(), "which --orchestrator does not name");
        } finally {
            standby.stop(0);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
