package io.renderfleet.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.RunFacts;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.testkit.SampleTransitions;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The stored form of transitions")
class TransitionCodecTest {
    private static final JobId JOB = new JobId("shot-010-5f0c");
    private static final String AT = "\"at\": \"2026-11-24T10:00:00Z\"";

    private static final AttemptFacts FACTS = new AttemptFacts(
            Instant.parse("2026-11-24T10:00:00.5Z"),
            Instant.parse("2026-11-24T10:00:04Z"),
            Instant.parse("2026-11-24T10:00:09.25Z"),
            Duration.ofMillis(5_125),
            new EngineInfo("blender", "3.4.1"),
            RunFacts.NONE);

    private final TransitionCodec codec = new TransitionCodec();

    /** What the golden file holds, line by line. */
    private static List<JobTransition> samples() {
        return Stream.of(
                        SampleTransitions.full(JOB),
                        SampleTransitions.bare(JOB),
                        List.<JobTransition>of(
                                new JobTransition.JobForgotten(Instant.parse("2026-12-24T00:00:00Z"), JOB),
                                new JobTransition.JobSubmitted(
                                        Instant.EPOCH,
                                        JOB,
                                        RenderRequest.of(Scene.nodeDefault(), "1")
                                                .adaptiveBatches()
                                                .inOrder(true)
                                                .expectedFrameTime(Duration.ofMillis(1_500))
                                                .traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                                        Path.of("frames")),
                                new JobTransition.BatchEnded(
                                        Instant.EPOCH,
                                        JOB,
                                        new BatchId("7"),
                                        new AttemptId("f-1a2b", 3, 42),
                                        BatchOutcome.COMPLETED,
                                        null,
                                        null,
                                        FACTS)))
                .flatMap(List::stream)
                .toList();
    }

    @Test
    @DisplayName("holds every kind that there is in the golden file")
    void goldenFileIsComplete() {
        assertThat(samples().stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(JobTransition.class.getPermittedSubclasses()));
    }

    @Test
    @DisplayName("is written as ever: what this version writes is the golden file")
    void writesTheGoldenFile() throws IOException {
        List<String> written = samples().stream()
                .map(it -> codec.encode(List.of(it)))
                .map(row -> row.kind() + " " + row.form() + " " + row.job() + " " + row.body())
                .toList();

        assertThat(written).containsExactlyElementsOf(golden(1));
    }

    @Test
    @DisplayName("is read as ever: what earlier versions wrote means what it meant")
    void readsTheGoldenFile() throws IOException {
        List<JobTransition> read = golden(1).stream()
                .map(line -> line.split(" ", 4))
                .flatMap(row -> codec.decode(row[2], row[0], Integer.parseInt(row[1]), row[3]).stream())
                .toList();

        assertThat(read).containsExactlyElementsOf(samples());
    }

    private static List<String> golden(int form) throws IOException {
        try (InputStream in = TransitionCodecTest.class.getResourceAsStream("form-" + form + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }

    @Test
    @DisplayName("is one for several of a job in a row, and that is written and read as ever, too")
    void keepsSeveralInARow() throws IOException {
        TransitionRow row = codec.encode(samples());

        assertThat(row.kind() + " " + row.form() + " " + row.job() + " " + row.body())
                .isEqualTo(golden(2).get(0));
        assertThat(codec.decode(row.job(), row.kind(), row.form(), row.body())).isEqualTo(samples());
    }

    @Test
    @DisplayName("has device and memory of an attempt where they are known")
    void keepsHowItWasRendered() {
        JobTransition ended = new JobTransition.BatchEnded(
                Instant.EPOCH,
                JOB,
                new BatchId("7"),
                new AttemptId("f-1a2b", 3, 42),
                BatchOutcome.COMPLETED,
                null,
                null,
                new AttemptFacts(null, null, null, null, null, new RunFacts("CUDA, A5000", 3L << 30)));

        TransitionRow row = codec.encode(List.of(ended));

        assertThat(row.body()).contains("\"device\":\"CUDA, A5000\",\"peakMemoryBytes\":3221225472");
        assertThat(codec.decode(row.job(), row.kind(), row.form(), row.body())).containsExactly(ended);
    }

    @Test
    @DisplayName("names the kind of the one that cannot be read among several")
    void namesTheDamagedOne() {
        assertThatThrownBy(() -> codec.decode(
                        "j",
                        "several",
                        2,
                        "[{\"kind\": \"job-paused\", " + AT + "}, {\"kind\": \"job-ended\", " + AT + "}]"))
                .isInstanceOf(StoreException.class)
                .hasMessage("job j: a 'job-ended' that is kept cannot be read: field 'state' is missing");
        assertThatThrownBy(() -> codec.decode("j", "several", 2, "{}")).hasMessageContaining("the whole is no list");
    }

    /** A field that is added to one of these needs its place in the codec, in the samples, and here. */
    @Test
    @DisplayName("knows every field of what it keeps")
    void knowsEveryField() {
        Set<String> ofRequests = Arrays.stream(RenderRequest.class.getMethods())
                .filter(method -> method.getParameterCount() == 0 && method.getDeclaringClass() == RenderRequest.class)
                .map(Method::getName)
                .collect(Collectors.toSet());
        ofRequests.removeAll(Set.of("hashCode", "toString", "adaptiveBatches"));

        assertThat(ofRequests)
                .containsExactlyInAnyOrder(
                        "scene",
                        "frames",
                        "outputPattern",
                        "settings",
                        "priority",
                        "requires",
                        "after",
                        "afterFrames",
                        "maxRunning",
                        "key",
                        "owner",
                        "name",
                        "outputFolder",
                        "batchSize",
                        "batchTimeout",
                        "deadline",
                        "renderer",
                        "scenePolicy",
                        "hasAdaptiveBatches",
                        "inOrder",
                        "expectedFrameTime",
                        "traceparent");
        assertThat(components(Scene.Local.class)).containsExactly("file", "entry", "sha256");
        assertThat(components(Failure.class)).containsExactly("kind", "frame", "message", "retryElsewhere", "log");
        assertThat(components(ScenePolicy.class)).containsExactly("simulation", "missing", "allow");
        assertThat(components(RenderWarning.class)).containsExactly("kind", "frame", "message");
        assertThat(components(FrameOutput.class)).containsExactly("frame", "files", "renderTime", "attempt");
        assertThat(components(AttemptFacts.class))
                .containsExactly("sentAt", "begunAt", "renderedAt", "rendering", "renderer", "run");
        assertThat(components(RunFacts.class)).containsExactly("device", "peakMemoryBytes");
        assertThat(components(OutputFile.class)).containsExactly("name", "bytes", "sha256", "main");
        assertThat(Arrays.stream(JobTransition.class.getPermittedSubclasses())
                        .mapToInt(kind -> components(kind).size())
                        .sum())
                .isEqualTo(70);
    }

    private JobTransition decode(String kind, String body) {
        return codec.decode("j", kind, 1, body).get(0);
    }

    private static List<String> components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    @Test
    @DisplayName("ignores fields that a later version has added")
    void ignoresUnknownFields() {
        JobTransition read = decode(
                "job-submitted",
                "{" + AT + ", \"folder\": \"/f\", \"later\": {\"a\": [1]}, \"request\": {\"scene\":"
                        + " {\"onNodes\": \"a.blend\", \"later\": 1}, \"frames\": \"1-3\", \"settings\": {\"samples\": 3, \"later\": true}}}");

        assertThat(((JobTransition.JobSubmitted) read).request().settings().samples())
                .isEqualTo(3);
    }

    @Test
    @DisplayName("takes a kind of failure that a later version has added for an unknown one")
    void readsUnknownFailures() {
        JobTransition read = decode(
                "batch-ended",
                "{" + AT + ", \"batch\": \"1\", \"attempt\": \"f/1/1\", \"outcome\": \"FAILED\","
                        + " \"failure\": {\"kind\": \"MELTED\", \"message\": \"it melted\"}}");

        JobTransition.BatchEnded ended = (JobTransition.BatchEnded) read;
        assertThat(ended.outcome()).isEqualTo(BatchOutcome.FAILED);
        assertThat(ended.failure()).isNotNull();
        assertThat(ended.failure().kind()).isEqualTo(FailureKind.UNKNOWN);
    }

    @Test
    @DisplayName("refuses a kind of transition that a later version has added, and says what to do")
    void refusesUnknownKinds() {
        assertThatThrownBy(() -> codec.decode("shot-1", "job-cloned", 1, "{" + AT + "}"))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "job shot-1: a 'job-cloned' that is kept cannot be read: this version does not know that kind:"
                                + " use the newer version that wrote it");
    }

    @Test
    @DisplayName("refuses a form that a later version has made, and says what to do")
    void refusesLaterForms() {
        assertThatThrownBy(() -> codec.decode("shot-1", "job-paused", 3, "{" + AT + "}"))
                .isInstanceOf(StoreException.class)
                .hasMessage("job shot-1: a 'job-paused' is kept in form 3, and this version reads up to form 2: use the"
                        + " newer version that wrote it");
    }

    @Test
    @DisplayName("names the field that is missing or wrong")
    void namesDamagedFields() {
        assertThatThrownBy(() -> codec.decode("j", "batch-accepted", 1, "{" + AT + ", \"batch\": \"1\"}"))
                .hasMessageContaining("field 'attempt' is missing");
        assertThatThrownBy(() -> codec.decode("j", "job-reprioritized", 1, "{" + AT + ", \"priority\": \"high\"}"))
                .hasMessageContaining("field 'priority' is no whole number in range");
        assertThatThrownBy(() -> codec.decode("j", "job-ended", 1, "{" + AT + ", \"state\": \"DREAMING\"}"))
                .hasMessageContaining("field 'state' is 'DREAMING', which this version does not know");
        assertThatThrownBy(() -> codec.decode("j", "job-paused", 1, "{\"at\": \"yesterday\"}"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("yesterday");
        assertThatThrownBy(() -> codec.decode("j", "job-paused", 1, "{\"at\": "))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> codec.decode("j", "job-paused", 1, "[]"))
                .hasMessageContaining("the whole is no object");
    }

    @Test
    @DisplayName("keeps frames whose text would be too long to be read back")
    void keepsScatteredFrames() {
        FrameSet scattered = FrameSet.of(IntStream.range(0, 60_000)
                .map(i -> 1_000_000 - i * 16 - i % 5 * (i % 3))
                .toArray());
        JobTransition submitted = new JobTransition.JobSubmitted(
                Instant.EPOCH, JOB, RenderRequest.of(Scene.nodeDefault(), scattered), Path.of("f"));

        TransitionRow row = codec.encode(List.of(submitted));

        assertThat(codec.decode(row.job(), row.kind(), row.form(), row.body()).equals(List.of(submitted)))
                .isTrue();
        assertThat(scattered.toString().length()).isGreaterThan(65_536);
    }
}
