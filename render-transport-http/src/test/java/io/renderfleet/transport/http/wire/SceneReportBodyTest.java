package io.renderfleet.transport.http.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What a node says of a scene")
class SceneReportBodyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HASH = "0f".repeat(32);
    private static final String BAKED = "{\"sha256\":\"" + HASH + "\",\"bytes\":123,\"entry\":\"shot.blend\","
            + "\"engine\":{\"name\":\"blender\",\"version\":\"3.4.1\"}}";
    private static final String FULL = "{\"frameRate\":\"30000/1001\",\"simulation\":{\"first\":1,\"last\":250,"
            + "\"secondsPerFrame\":0.05},\"baked\":" + BAKED + "}";
    private static final FrameRate RATE = new FrameRate(30_000, 1001);
    private static final SceneReport REPORT = new SceneReport(
            RATE,
            new UnbakedSimulation(1, 250, 0.05),
            new BakedScene(new Sha256(HASH), 123, "shot.blend", new EngineInfo("blender", "3.4.1")));

    @Test
    @DisplayName("is as the protocol shows it, both ways, while the job runs and at its end")
    void bothWays() throws IOException {
        assertThat(written(REPORT).get("scene")).isEqualTo(JSON.readTree(FULL));
        assertThat(read("{\"state\":\"running\",\"scene\":" + FULL + "}")
                        .toProgress()
                        .scene())
                .isEqualTo(REPORT);
        assertThat(read("{\"state\":\"completed\",\"scene\":" + FULL + "}")
                        .toEnd()
                        .scene())
                .isEqualTo(REPORT);
    }

    @Test
    @DisplayName("is left out where nothing is known, field by field")
    void leftOut() throws IOException {
        assertThat(written(null).has("scene")).isFalse();
        assertThat(read("{\"state\":\"running\"}").toProgress().scene()).isNull();
        SceneReport plain = new SceneReport(null, null, null);
        assertThat(written(plain).get("scene")).isEqualTo(JSON.readTree("{}"));
        assertThat(report("{}")).isEqualTo(plain);
        SceneReport untried = new SceneReport(FrameRate.of(24), new UnbakedSimulation(-5, 9, null), null);
        assertThat(written(untried).get("scene"))
                .isEqualTo(JSON.readTree("{\"frameRate\":\"24\",\"simulation\":{\"first\":-5,\"last\":9}}"));
        assertThat(report("{\"frameRate\":\"24\",\"simulation\":{\"first\":-5,\"last\":9},\"baked\":null,\"x\":1}"))
                .isEqualTo(untried);
    }

    @Test
    @DisplayName("stays with the files that an end tells")
    void withOutputs() {
        JobStatus status = status(REPORT).withOutputs(List.of(), null);

        assertThat(status.outputs()).isEmpty();
        assertThat(status.toEnd().scene()).isEqualTo(REPORT);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("counts as not told where it makes no sense, and the rest of the answer counts")
    @ValueSource(
            strings = {
                "null",
                "5",
                "\"scene\"",
                "[]",
                "[{}]",
                "true",
                "{\"simulation\":[]}",
                "{\"simulation\":{}}",
                "{\"simulation\":true}",
                "{\"simulation\":{\"first\":1}}",
                "{\"simulation\":{\"first\":5,\"last\":4}}",
                "{\"simulation\":{\"first\":1.5,\"last\":4}}",
                "{\"simulation\":{\"first\":\"1\",\"last\":4}}",
                "{\"simulation\":{\"first\":1,\"last\":99999999999}}",
            })
    void nonsense(String scene) {
        assertThat(report(scene)).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("has no frame rate where that makes no sense")
    @ValueSource(strings = {"24", "\"\"", "\"fast\"", "\"0\"", "\"1/0\"", "{}", "[24]"})
    void wrongRate(String rate) {
        assertThat(report("{\"frameRate\":" + rate + ",\"simulation\":{\"first\":1,\"last\":2}}"))
                .isEqualTo(new SceneReport(null, new UnbakedSimulation(1, 2, null), null));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("has no time of a step where that makes no sense")
    @ValueSource(strings = {"-1", "\"1\"", "1e999", "{}"})
    void wrongTime(String seconds) {
        assertThat(report("{\"simulation\":{\"first\":1,\"last\":2,\"secondsPerFrame\":" + seconds + "}}"))
                .isEqualTo(new SceneReport(null, new UnbakedSimulation(1, 2, null), null));
    }

    @ParameterizedTest(name = "{0} instead of {1}")
    @DisplayName("has no baked scene where that makes no sense")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "123|0",
                "123|-1",
                "123|1.5",
                "123|\"123\"",
                "123|99999999999999999999",
                "shot.blend|../shot.blend",
                "shot.blend|/etc/passwd",
                "\"shot.blend\"|null",
                "\"shot.blend\"|{}",
                "0f0f|zz0f",
                "0f0f|0f",
                "\"3.4.1\"|null",
                "\"3.4.1\"|\"\"",
                "\"3.4.1\"|\"3.4\\n1\"",
                "{\"name\":\"blender\",\"version\":\"3.4.1\"}|[]",
            })
    void wrongBaked(String right, String wrong) {
        String told = BAKED.replaceFirst(Pattern.quote(right), wrong.replace("\\", "\\\\"));

        assertThat(told).isNotEqualTo(BAKED);
        assertThat(report("{\"frameRate\":\"30000/1001\",\"baked\":" + told + "}"))
                .isEqualTo(new SceneReport(RATE, null, null));
    }

    @Test
    @DisplayName("has no baked scene by a renderer with an endless name")
    void endlessName() {
        String told = BAKED.replace("3.4.1", "3".repeat(101));

        assertThat(report("{\"baked\":" + told + "}")).isEqualTo(new SceneReport(null, null, null));
    }

    private static @Nullable SceneReport report(String scene) {
        JobStatus read = read("{\"state\":\"running\",\"finished\":\"1-2\",\"scene\":" + scene + "}");
        assertThat(read.toProgress().finished()).isEqualTo(FrameSet.range(1, 2));
        return read.toProgress().scene();
    }

    private static JsonNode written(@Nullable SceneReport report) throws IOException {
        return JSON.readTree(Wire.write(status(report)));
    }

    private static JobStatus status(@Nullable SceneReport report) {
        return JobStatus.of(
                "j-1",
                1,
                WireJobState.COMPLETED,
                FrameSet.range(1, 2),
                new BatchProgress(FrameSet.range(1, 2), null, 0, 0, null, null, List.of(), report),
                new JobStatus.Times(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH),
                null,
                null,
                null);
    }

    private static JobStatus read(String body) {
        return Wire.readAnswer(body.getBytes(UTF_8), JobStatus.class).orElseThrow();
    }
}
