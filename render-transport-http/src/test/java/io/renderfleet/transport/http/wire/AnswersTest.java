package io.renderfleet.transport.http.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.BatchEnd;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The body of an answer")
class AnswersTest {
    private static final String HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private static final String STATUS = """
            {"id": "j-5f0c", "pid": 17, "state": "running", "status": "Job still running", "frames": "1-5", "finished": "1-2", "current": {"frame": 3, "sample": 32, "samples": 64},
             "progress": 0.5, "secondsPerFrame": 4.2, "secondsLeft": 10, "acceptedAt": "2026-11-24T10:00:00Z", "startedAt": "2026-11-24T10:00:01Z", "endedAt": null, "failure": null, "job": "shot-010", "batch": "7"}""";
    private static final String FAILURE = """
            {"kind": "OUT_OF_MEMORY", "frame": 3, "message": "Blender was killed while rendering frame 3: …", "retryElsewhere": true, "log": ["last", "lines"]}""";
    private static final String FRAMES = """
            {"frames": [{"frame": 1, "files": [{"name": "shot_0001.png", "bytes": 48213, "sha256": "%s", "main": true}], "seconds": 4.1, "attempt": "f-1/1/7"}]}""".formatted(HASH);
    private static final String NODE = """
            {"id": "n-2b9e", "bootId": "b-77aa", "version": "0.1.0", "engines": [{"name": "blender", "version": "3.4.1"}], "slots": 1, "busy": 0, "draining": false, "labels": {"gpu": "none"}, "cores": 16, "memoryBytes": 68719476736,
             "capabilities": ["long-poll", "cancel", "shorten", "frames", "scenes", "bake"]}""";
    private static final String JOB = """
            {"id": "shot-010-5f0c", "name": "shot-010", "owner": "alice", "state": "running", "status": "Job still running", "frames": "1-20", "accepted": "1-12", "failed": "", "unverified": "", "priority": 0, "progress": 0.6, "framesPerSecond": 1.4, "secondsLeft": 6,
             "submittedAt": "2026-11-24T10:00:00Z", "endedAt": null, "failure": null, "renderer": "blender", "warnings": [{"kind": "movie-output", "frame": null, "message": "Single pictures."}], "frameRate": "30000/1001", "baked": true, "batches": [{"id": "7", "frames": "11-15", "state": "running", "node": "n-2b9e", "attempt": 1, "finished": "11-12"}],
             "waitingFor": {"frames": 5, "causes": [{"kind": "quarantined", "nodes": 2, "until": "2026-11-24T10:05:00Z", "message": "2 nodes are in quarantine after failures in a row.", "remedy": "Wait."}]}}""";
    private static final String PROBLEM = """
            {"type": "urn:renderfleet:problem:slots-taken", "title": "All slots are taken", "status": 503, "detail": "1 of 1 slots is in use"}""";
    private static final String NODES = """
            {"nodes": [{"id": "n-1", "url": "http://localhost:3001", "state": "up", "slots": 1, "busy": 0, "labels": {}, "version": "0.1.0", "lastSeenAt": "2026-11-24T10:00:00Z", "framesPerSecond": 0.5, "failures": 0, "trouble": null}], "discoveries": [{"source": "DNS for nodes.farm.example", "nodes": 1, "trouble": null}]}""";

    private static final BatchProgress PROGRESS =
            new BatchProgress(FrameSet.range(1, 2), 3, 32, 64, 4.2, Duration.ofSeconds(10));

    @Test
    @DisplayName("about a running job is as the protocol shows it, both ways")
    void status() {
        JobStatus written = JobStatus.of(
                "j-5f0c",
                17,
                WireJobState.RUNNING,
                FrameSet.range(1, 5),
                PROGRESS,
                new JobStatus.Times(Instant.parse("2026-11-24T10:00:00Z"), Instant.parse("2026-11-24T10:00:01Z"), null),
                null,
                "shot-010",
                "7");

        assertSameJson(written, STATUS);
        assertThat(read(STATUS, JobStatus.class)).isEqualTo(written);
        assertThat(read(STATUS, JobStatus.class).toProgress()).isEqualTo(PROGRESS);
    }

    @Test
    @DisplayName("about a failed job has the reason")
    void failure() {
        Failure failure = new Failure(
                FailureKind.OUT_OF_MEMORY,
                3,
                "Blender was killed while rendering frame 3: …",
                true,
                List.of("last", "lines"));
        JobStatus ended = JobStatus.of(
                "j-1",
                1,
                WireJobState.FAILED,
                FrameSet.range(1, 5),
                PROGRESS,
                new JobStatus.Times(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH),
                failure,
                null,
                null);

        assertSameJson(FailureBody.of(failure), FAILURE);
        assertThat(ended.status()).isEqualTo("Job failed: Blender was killed while rendering frame 3: …");
        assertThat(ended.current()).isNull();
        assertThat(ended.secondsLeft()).isNull();
        assertThat(read(new String(Wire.write(ended), UTF_8), JobStatus.class).toEnd())
                .isEqualTo(new BatchEnd(BatchEnd.State.FAILED, FrameSet.range(1, 2), failure));
    }

    @ParameterizedTest(name = "{0} ends {1}")
    @DisplayName("about an ended job may say little")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"state\":\"completed\"}|COMPLETED",
                "{\"state\":\"cancelled\"}|CANCELLED",
                "{\"state\":\"failed\"}|FAILED",
                "{\"status\":\"Job failed: no camera\"}|FAILED",
                "{\"status\":\"Job cancelled\"}|CANCELLED",
                "{\"status\":\"Job completed\"}|COMPLETED",
                "{}|COMPLETED",
                "{\"state\":\"done\"}|FAILED",
                "{\"state\":\"done\",\"status\":\"Job completed\"}|FAILED",
                "{\"failure\":{\"kind\":\"CRASHED\"}}|FAILED",
                "{\"state\":\"running\"}|FAILED",
            })
    void littleSaid(String body, BatchEnd.State state) {
        BatchEnd end = read(body, JobStatus.class).toEnd();

        assertThat(end.state()).isEqualTo(state);
        assertThat(end.failure() != null).isEqualTo(state == BatchEnd.State.FAILED);
    }

    @Test
    @DisplayName("about a failure of a newer kind keeps the kind's name")
    void newerKind() {
        Failure failure = read("{\"kind\":\"ROOM_TOO_HOT\",\"message\":\"42 degrees\"}", FailureBody.class)
                .toFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.UNKNOWN);
        assertThat(failure.message()).isEqualTo("ROOM_TOO_HOT: 42 degrees");
        assertThat(failure.retryElsewhere()).isTrue();
    }

    @Test
    @DisplayName("with frames is as the protocol shows it, both ways")
    void frames() {
        FrameOutput output = new FrameOutput(
                1, List.of(new OutputFile("shot_0001.png", 48213, new Sha256(HASH), true)), Duration.ofMillis(4100));

        assertSameJson(new FrameList(List.of(FrameList.Entry.of(output, "f-1/1/7"))), FRAMES);
        assertThat(read(FRAMES, FrameList.class).toOutputs()).containsExactly(output);
    }

    @Test
    @DisplayName("about an ended job tells what it made as the list of its frames does, both ways")
    void outputs() {
        FrameOutput output = output(1, "shot_0001.png");
        JobStatus written = completed().withOutputs(List.of(output), "f-1/1/7");

        assertThat(tree(written).get("outputs"))
                .isEqualTo(tree(new FrameList(List.of(FrameList.Entry.of(output, "f-1/1/7"))))
                        .get("frames"));
        assertThat(read(new String(Wire.write(written), UTF_8), JobStatus.class).toEnd())
                .isEqualTo(new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.range(1, 2), null)
                        .withOutputs(List.of(output)));
        assertThat(tree(completed().withOutputs(List.of(), null)).get("outputs"))
                .isEmpty();
    }

    @Test
    @DisplayName("about an ended job tells what it made whole or not at all: a hundred frames or 32 KiB")
    void outputsAreFew() {
        List<FrameOutput> hundred = IntStream.rangeClosed(1, 100)
                .mapToObj(frame -> output(frame, "shot_" + frame + ".png"))
                .toList();
        List<FrameOutput> more = Stream.concat(hundred.stream(), Stream.of(output(101, "shot_101.png")))
                .toList();
        List<FrameOutput> longNames = IntStream.rangeClosed(1, 100)
                .mapToObj(frame -> output(frame, "x".repeat(200) + frame + ".png"))
                .toList();

        assertThat(completed().withOutputs(hundred, "f-1/1/7").outputs()).hasSize(100);
        assertThat(Wire.write(completed().withOutputs(hundred, "f-1/1/7"))).hasSizeLessThan(34 * 1024);
        for (List<FrameOutput> tooMuch : List.of(more, longNames)) {
            assertThat(tree(completed().withOutputs(tooMuch, "f-1/1/7")).has("outputs"))
                    .isFalse();
        }
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("about an ended job with outputs that make no sense is as good as one without them")
    @ValueSource(
            strings = {"null", "[null]", "[{}]", "[{\"frame\":1,\"files\":[null]}]", "[{\"frame\":1,\"files\":[]}]"})
    void wrongOutputs(String outputs) {
        String body = "{\"state\":\"completed\",\"finished\":\"1-2\",\"outputs\":" + outputs + "}";

        assertThat(read(body, JobStatus.class).toEnd())
                .isEqualTo(new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.range(1, 2), null));
    }

    private static FrameOutput output(int frame, String name) {
        return new FrameOutput(
                frame, List.of(new OutputFile(name, 48213, new Sha256(HASH), true)), Duration.ofMillis(4100));
    }

    private static JobStatus completed() {
        return JobStatus.of(
                "j-1",
                1,
                WireJobState.COMPLETED,
                FrameSet.range(1, 2),
                PROGRESS,
                new JobStatus.Times(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH),
                null,
                null,
                null);
    }

    private static JsonNode tree(Object body) {
        return new ObjectMapper().valueToTree(read(new String(Wire.write(body), UTF_8), JsonNode.class));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("with frames that make no sense is refused as a whole")
    @ValueSource(
            strings = {
                "{\"frames\":[null]}",
                "{\"frames\":[{\"frame\":1,\"files\":[null]}]}",
                "{\"frames\":[{}]}",
                "{\"frames\":[{\"frame\":1}]}",
                "{\"frames\":[{\"frame\":1,\"files\":[]}]}",
                "{\"frames\":[{\"frame\":1,\"files\":[{\"name\":\"../a\",\"bytes\":1,\"sha256\":\"00\",\"main\":true}]}]}",
                "{\"frames\":[{\"frame\":1,\"files\":[{\"name\":\"a\",\"bytes\":0,\"main\":true}]}]}",
            })
    void wrongFrames(String body) {
        FrameList list = read(body, FrameList.class);

        assertThatThrownBy(list::toOutputs).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("about a node is as the protocol shows it, both ways")
    void node() {
        NodeDescription node = new NodeDescription(
                new NodeId("n-2b9e"),
                "b-77aa",
                "0.1.0",
                List.of(new EngineInfo("blender", "3.4.1")),
                1,
                0,
                false,
                Map.of("gpu", "none"),
                16,
                68719476736L,
                Set.of(Capability.values()));

        assertSameJson(NodeInfo.of(node), NODE);
        assertThat(read(NODE, NodeInfo.class).toDescription()).isEqualTo(node);
    }

    @Test
    @DisplayName("about a node may say what shuts its programs in, and why")
    void sandboxedNode() {
        NodeDescription node = read(NODE, NodeInfo.class).toDescription();
        NodeInfo info = NodeInfo.of(node).shutInBy("off", "bwrap is not installed.");

        assertThat(info.sandbox()).isEqualTo("off");
        assertThat(info.sandboxReason()).isEqualTo("bwrap is not installed.");
        assertThat(info.toDescription()).isEqualTo(node);
        assertSameJson(
                info,
                NODE.stripTrailing()
                        .replaceFirst("}$", ", \"sandbox\": \"off\", \"sandboxReason\": \"bwrap is not installed.\"}"));
        assertThat(read("{\"id\":\"n-1\",\"sandbox\":\"off\",\"sandboxReason\":\"no\"}", NodeInfo.class)
                        .sandbox())
                .isEqualTo("off");
    }

    @Test
    @DisplayName("about a newer node may have fields and capabilities that are not known here")
    void newerNode() {
        NodeDescription node = read(
                        "{\"id\":\"n-1\",\"capabilities\":[\"cancel\",\"fly\",null],\"wings\":{\"count\":[2]}}",
                        NodeInfo.class)
                .toDescription();

        assertThat(node.capabilities()).containsExactly(Capability.CANCEL);
        assertThat(node.slots()).isEqualTo(1);
        assertThatThrownBy(() -> read("{}", NodeInfo.class).toDescription())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("of an orchestrator is as the protocol shows it")
    void orchestrator() {
        assertSameJson(read(JOB, OrchestratorJob.class), JOB);
        assertSameJson(read(NODES, NodeList.class), NODES);
        assertSameJson(new JobCreated("j-1"), "{\"jobId\":\"j-1\"}");
        assertSameJson(new JobList(List.of(), null), "{\"jobs\":[],\"next\":null}");
    }

    @Test
    @DisplayName("about a problem is as the protocol shows it, both ways")
    void problem() {
        Problem problem = Problem.of(ProblemType.SLOTS_TAKEN, "1 of 1 slots is in use");

        assertSameJson(problem, PROBLEM);
        assertThat(read(PROBLEM, Problem.class).is(ProblemType.SLOTS_TAKEN)).isTrue();
        assertThat(ProblemType.fromUrn("urn:renderfleet:problem:slots-taken")).contains(ProblemType.SLOTS_TAKEN);
        assertThat(ProblemType.fromUrn("about:blank")).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("about what is impossible carries the kind of failure")
    @EnumSource
    void impossible(FailureKind kind) {
        Problem problem = Problem.impossible(Failure.of(kind, "why"));

        assertThat(problem.status()).isEqualTo(422);
        assertThat(problem.failureKind()).isEqualTo(kind);
        assertThat(problem.type()).matches("urn:renderfleet:problem:[a-z0-9-]+");
    }

    @Test
    @DisplayName("about a missing scene has the same type however it is made")
    void missingScene() {
        assertThat(Problem.impossible(Failure.of(FailureKind.SCENE_NOT_HERE, "why"))
                        .is(ProblemType.SCENE_NOT_HERE))
                .isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("that is no JSON object is nothing")
    @ValueSource(strings = {"", "Job still running", "[]", "null", "{", "{\"pid\":{}}"})
    void nothing(String body) {
        assertThat(Wire.readAnswer(body.getBytes(UTF_8), JobStatus.class)).isEmpty();
    }

    @Test
    @DisplayName("in one line of text is known as a state")
    void lines() {
        for (WireJobState state : WireJobState.values()) {
            String line = state.line("frame 3:\n  too hot\n");
            assertThat(line).doesNotContain("\n");
            if (state != WireJobState.QUEUED && state != WireJobState.PAUSED) {
                assertThat(WireJobState.fromLine(line + "\n")).contains(state);
            }
        }
        assertThat(WireJobState.FAILED.line(null)).isEqualTo("Job failed: no reason was given");
        assertThat(WireJobState.fromLine("hello")).isEmpty();
    }

    private static <T> T read(String json, Class<T> type) {
        return Wire.readAnswer(json.getBytes(UTF_8), type).orElseThrow();
    }

    private static void assertSameJson(@Nullable Object body, String expected) {
        ObjectMapper plain = new ObjectMapper();
        try {
            JsonNode actual = plain.readTree(Wire.write(Objects.requireNonNull(body)));
            assertThat(actual.equals(AnswersTest::compareNumbers, plain.readTree(expected)))
                    .as("%s means the same as %s", actual, expected)
                    .isTrue();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int compareNumbers(JsonNode left, JsonNode right) {
        return left.equals(right) || (left.isNumber() && right.isNumber() && left.asDouble() == right.asDouble())
                ? 0
                : 1;
    }
}
