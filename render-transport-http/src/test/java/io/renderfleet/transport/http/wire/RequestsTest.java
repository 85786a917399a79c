package io.renderfleet.transport.http.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The body of a request")
class RequestsTest {
    private static final String HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    @Test
    @DisplayName("gives all that it holds")
    void jobBody() {
        JobOrder order = job("""
                {"frames": "1-5", "scene": "sha256:%s", "output": "shot_####",
                 "settings": {"engine": "CYCLES", "samples": 64, "width": 1920, "height": 1080, "format": "PNG", "threads": 0},
                 "timeoutSeconds": 3600, "job": "shot-010", "batch": "7"}""".formatted(HASH));

        assertThat(order)
                .isEqualTo(new JobOrder(
                        FrameSet.range(1, 5),
                        new SceneReference.ByContent(new Sha256(HASH), null),
                        new OutputPattern("shot_####"),
                        RenderSettings.builder()
                                .engine("CYCLES")
                                .samples(64)
                                .width(1920)
                                .height(1080)
                                .format("PNG")
                                .threads(0)
                                .build(),
                        null,
                        ScenePolicy.DEFAULT,
                        Duration.ofHours(1),
                        new JobId("shot-010"),
                        new BatchId("7")));
    }

    @Test
    @DisplayName("needs no more than from and to")
    void leastBody() {
        JobOrder order = job("{\"from\": 1, \"to\": 20}");

        assertThat(order)
                .isEqualTo(new JobOrder(
                        FrameSet.range(1, 20),
                        new SceneReference.Default(),
                        OutputPattern.DEFAULT,
                        RenderSettings.SCENE_DEFAULTS,
                        null,
                        ScenePolicy.DEFAULT,
                        null,
                        null,
                        null));
    }

    @Test
    @DisplayName("means the same however it is written")
    void sameMeaning() {
        assertThat(job("{\"to\":5,\"from\":1,\"scene\":null}"))
                .isEqualTo(job(" {\"frames\" : \"1,2,3-5\", \"output\":\"blender-render_####\", \"settings\":{}} "))
                .isNotEqualTo(job("{\"frames\":\"5-1\"}"));
    }

    @Test
    @DisplayName("can set everything that an artist may set")
    void allSettings() {
        JobOrder order = job("""
                {"from":1,"to":1,"settings":{"engine":"CYCLES","samples":1,"width":4,"height":5,"percentage":50,"format":"PNG",
                 "depth":16,"scene":"Scene.001","viewLayer":"Main","camera":"Cam","threads":2,"device":"CPU","denoise":true,
                 "seed":7,"overwrite":false,"persistentData":true}}""");

        RenderSettings expected = RenderSettings.builder()
                .engine("CYCLES")
                .samples(1)
                .width(4)
                .height(5)
                .percentage(50)
                .format("PNG")
                .depth(16)
                .sceneName("Scene.001")
                .viewLayer("Main")
                .camera("Cam")
                .threads(2)
                .device("CPU")
                .denoise(true)
                .seed(7)
                .overwrite(false)
                .persistentData(true)
                .build();
        assertThat(order.settings()).isEqualTo(expected);
        assertThat(job("{\"from\":1,\"to\":1,\"settings\":"
                                + new String(Wire.write(Objects.requireNonNull(SettingsBody.of(expected))), UTF_8)
                                + "}")
                        .settings())
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("may name an entry of a zip, or a scene below the scene root")
    void scenes() {
        assertThat(job("{\"from\":1,\"to\":1,\"scene\":\"sha256:" + HASH.toUpperCase(Locale.ROOT)
                                + "\",\"entry\":\"a/shot.blend\"}")
                        .scene())
                .isEqualTo(new SceneReference.ByContent(new Sha256(HASH), "a/shot.blend"));
        assertThat(job("{\"from\":1,\"to\":1,\"scene\":\"a/shot.blend\"}").scene())
                .isEqualTo(new SceneReference.ByName("a/shot.blend"));
    }

    @Test
    @DisplayName("is written so that it is read back as the same batch")
    void roundTrip() {
        Assignment assignment = new Assignment(
                new JobId("shot-010"),
                new BatchId("7"),
                new AttemptId("f-1", 1, 7),
                "f-1/1/7",
                FrameSet.parse("1-5,9,20-40x2"),
                new Scene.Local(Path.of("/shots/shot.zip"), "shot.blend", new Sha256(HASH)),
                RenderSettings.builder().sceneName("Scene").samples(3).build(),
                new OutputPattern("a_##"),
                Duration.ofMillis(1500),
                null,
                ScenePolicy.DEFAULT,
                null);

        JobOrder order = job(new String(Wire.write(JobRequest.of(assignment)), UTF_8));

        assertThat(order)
                .isEqualTo(new JobOrder(
                        assignment.frames(),
                        SceneReference.of(assignment.scene()),
                        assignment.output(),
                        assignment.settings(),
                        null,
                        ScenePolicy.DEFAULT,
                        Duration.ofSeconds(2),
                        assignment.job(),
                        assignment.batch()));
    }

    @Test
    @DisplayName("to an orchestrator takes a node's body and more")
    void renderBody() {
        RenderOrder order = render("""
                {"from":1,"to":20,"scene":"shot.blend","timeoutSeconds":60,"batch":"1","name":"Shot 10","priority":-5,"batchSize":3,
                 "requires":{"gpu":"rtx"},"after":["j-1","j-2"]}""");

        RenderRequest request = order.toRequest(Scene.onNodes("shot.blend"));
        assertThat(request.after()).isEqualTo(Set.of(new JobId("j-1"), new JobId("j-2")));
        assertThat(request.frames()).isEqualTo(FrameSet.range(1, 20));
        assertThat(request.name()).contains("Shot 10");
        assertThat(request.priority()).isEqualTo(-5);
        assertThat(request.batchSize()).hasValue(3);
        assertThat(request.batchTimeout()).contains(Duration.ofMinutes(1));
        assertThat(request.requires()).isEqualTo(Map.of("gpu", "rtx"));
        assertThat(render("{\"from\":1,\"to\":2,\"job\":\"shot\"}")
                        .toRequest(Scene.nodeDefault())
                        .name())
                .contains("shot");
    }

    @Test
    @DisplayName("to an orchestrator says when and in which pieces frames go out")
    void dispatch() {
        RenderRequest request = render("""
                {"from":1,"to":20,"batchSize":"auto","afterFrames":["j-3"],"maxRunning":2,"deadlineSeconds":86400,"inOrder":true,
                 "expectedSeconds":0.5}""").toRequest(Scene.nodeDefault());

        assertThat(request.hasAdaptiveBatches()).isTrue();
        assertThat(request.batchSize()).isEmpty();
        assertThat(request.afterFrames()).isEqualTo(Set.of(new JobId("j-3")));
        assertThat(request.maxRunning()).isEqualTo(2);
        assertThat(request.deadline()).contains(Duration.ofDays(1));
        assertThat(request.inOrder()).isTrue();
        assertThat(request.expectedFrameTime()).contains(Duration.ofMillis(500));
        assertThat(render("{\"from\":1,\"to\":2,\"expectedSeconds\":90}")
                        .request()
                        .expectedFrameTime())
                .contains(Duration.ofSeconds(90));
    }

    @Test
    @DisplayName("to an orchestrator can say all that a request of the library can, but what the server decides")
    void saysEverything() throws Exception {
        RenderRequest usual = RenderRequest.of(Scene.nodeDefault(), "7");
        RenderRequest all = render("""
                {"frames":"1-20","output":"film_####","settings":{"width":64},"renderer":"command","simulation":"bake","timeoutSeconds":60,
                 "name":"Shot 10","priority":-5,"batchSize":3,"requires":{"gpu":"rtx"},"after":["j-1"],"afterFrames":["j-3"],"maxRunning":2,
                 "deadlineSeconds":86400,"inOrder":true,"expectedSeconds":0.5}""").toRequest(Scene.onNodes("shot.blend"));
        Set<String> decidedByTheServer = Set.of("key", "owner", "outputFolder", "traceparent");
        Set<String> others = Set.of("hashCode", "toString", "adaptiveBatches", "hasAdaptiveBatches");
        for (Method getter : RenderRequest.class.getDeclaredMethods()) {
            String name = getter.getName();
            boolean looksAt = Modifier.isPublic(getter.getModifiers())
                    && getter.getParameterCount() == 0
                    && !decidedByTheServer.contains(name)
                    && !others.contains(name);
            if (looksAt) {
                assertThat(getter.invoke(all)).as(name).isNotEqualTo(getter.invoke(usual));
            }
        }
    }

    @Test
    @DisplayName("may be a list of frames alone, or a priority")
    void smallBodies() {
        assertThat(good(Wire.readShorten("{\"frames\":\"1-3\"}".getBytes(UTF_8))))
                .isEqualTo(FrameSet.range(1, 3));
        assertThat(good(Wire.readShorten("{\"frames\":\"\"}".getBytes(UTF_8)))).isEqualTo(FrameSet.empty());
        assertThat(good(Wire.readPriority("{\"priority\":7}".getBytes(UTF_8)))).isEqualTo(7);
        assertThat(bad(Wire.readShorten("{}".getBytes(UTF_8))).field()).isEqualTo("frames");
        assertThat(bad(Wire.readPriority("{\"priority\":1001}".getBytes(UTF_8))).field())
                .isEqualTo("priority");
        assertThat(bad(Wire.readPriority("{}".getBytes(UTF_8))).field()).isEqualTo("priority");
    }

    static Stream<Arguments> wrongFields() {
        String range = "\"from\":1,\"to\":5";
        return Stream.of(
                arguments("{}", "from", "missing"),
                arguments("{\"from\":1}", "to", "missing"),
                arguments("{\"to\":1}", "from", "missing"),
                arguments("{\"from\":null,\"to\":1}", "from", "missing"),
                arguments("{\"from\":\"1\",\"to\":5}", "from", "\"1\": it must be a whole number"),
                arguments("{\"from\":1.5,\"to\":5}", "from", "1.5: it must be a whole number"),
                arguments("{\"from\":1.0,\"to\":5}", "from", "1.0: it must be a whole number"),
                arguments("{\"from\":1e2,\"to\":500}", "from", "whole number"),
                arguments("{\"from\":true,\"to\":5}", "from", "true: it must be a whole number"),
                arguments("{\"from\":[1],\"to\":5}", "from", "[1]: it must be a whole number"),
                arguments("{\"from\":{},\"to\":5}", "from", "{}: it must be a whole number"),
                arguments("{\"from\":\"\",\"to\":5}", "from", "whole number"),
                arguments(
                        "{\"from\":99999999999,\"to\":5}", "from", "99999999999: it must be a whole number of at most"),
                arguments("{\"from\":1,\"to\":1048575}", "to", "1048575"),
                arguments("{\"from\":-1048575,\"to\":1}", "from", "-1048575"),
                arguments("{\"from\":5,\"to\":1}", "from", "must not be greater"),
                arguments("{\"from\":-500000,\"to\":500000}", "to", "1000001 frames: at most 1000000"),
                arguments("{\"frames\":\"1-5\",\"from\":1}", "frames", "beside"),
                arguments("{\"frames\":\"1-5\",\"from\":1,\"to\":2}", "frames", "beside"),
                arguments("{\"frames\":5}", "frames", "5: it must be a text"),
                arguments("{\"frames\":1.5}", "frames", "a text"),
                arguments("{\"frames\":true}", "frames", "a text"),
                arguments("{\"frames\":[1,2]}", "frames", "a text"),
                arguments("{\"frames\":{}}", "frames", "a text"),
                arguments("{\"frames\":\"\"}", "frames", "is not a frame"),
                arguments("{\"frames\":\"1-\"}", "frames", "is not a frame"),
                arguments("{\"frames\":\"1;rm -rf\"}", "frames", "is not a frame"),
                arguments("{\"frames\":\"1-5x0\"}", "frames", "step"),
                arguments(
                        "{\"frames\":\"1-1000000" + ",1-1000000".repeat(6_000) + "\"}",
                        "frames",
                        "name each frame once"),
                arguments(
                        "{\"frames\":\"1-1000000x2" + ",1-1000000x2".repeat(5_000) + "\"}",
                        "frames",
                        "name each frame once"),
                arguments("{\"frames\":\"0-1000000\"}", "frames", "1000001 frames"),
                arguments("{" + range + ",\"scene\":5}", "scene", "a text"),
                arguments("{" + range + ",\"scene\":\"\"}", "scene", "1 to 512"),
                arguments("{" + range + ",\"scene\":\"/etc/passwd\"}", "scene", "absolute"),
                arguments("{" + range + ",\"scene\":\"C:/x.blend\"}", "scene", "absolute"),
                arguments("{" + range + ",\"scene\":\"a/../../x\"}", "scene", "'..'"),
                arguments("{" + range + ",\"scene\":\"$(reboot)\"}", "scene", "may hold"),
                arguments("{" + range + ",\"scene\":\"sha256:abc\"}", "scene", "64"),
                arguments("{" + range + ",\"entry\":\"a.blend\"}", "entry", "zip"),
                arguments("{" + range + ",\"scene\":\"a.zip\",\"entry\":\"a.blend\"}", "entry", "zip"),
                arguments("{" + range + ",\"scene\":\"sha256:" + HASH + "\",\"entry\":\"../a\"}", "entry", "'..'"),
                arguments("{" + range + ",\"output\":7}", "output", "a text"),
                arguments("{" + range + ",\"output\":\"../a\"}", "output", "'..'"),
                arguments("{" + range + ",\"output\":\"/a\"}", "output", "absolute"),
                arguments("{" + range + ",\"output\":\"a;b\"}", "output", "may hold"),
                arguments("{" + range + ",\"output\":\"a\\u0000b\"}", "output", "may hold"),
                arguments("{" + range + ",\"output\":\"" + "a".repeat(513) + "\"}", "output", "512"),
                arguments("{" + range + ",\"timeoutSeconds\":0}", "timeoutSeconds", "1 to"),
                arguments("{" + range + ",\"timeoutSeconds\":-1}", "timeoutSeconds", "1 to"),
                arguments("{" + range + ",\"timeoutSeconds\":1.5}", "timeoutSeconds", "whole number"),
                arguments("{" + range + ",\"timeoutSeconds\":\"9\"}", "timeoutSeconds", "whole number"),
                arguments("{" + range + ",\"timeoutSeconds\":99999999}", "timeoutSeconds", "1 to"),
                arguments("{" + range + ",\"job\":\"a b\"}", "job", "a b"),
                arguments("{" + range + ",\"job\":\"..\"}", "job", ".."),
                arguments("{" + range + ",\"job\":1}", "job", "a text"),
                arguments("{" + range + ",\"batch\":\"\"}", "batch", "1 to 128"),
                arguments("{" + range + ",\"batch\":7}", "batch", "7: it must be a text"),
                arguments("{" + range + ",\"settings\":\"\"}", "settings", "an object"),
                arguments("{" + range + ",\"settings\":5}", "settings", "an object"),
                arguments("{" + range + ",\"settings\":[]}", "settings", "an object"),
                arguments("{" + range + ",\"settings\":{\"samples\":0}}", "settings.samples", "1 to"),
                arguments("{" + range + ",\"settings\":{\"samples\":\"64\"}}", "settings.samples", "whole number"),
                arguments("{" + range + ",\"settings\":{\"denoise\":\"true\"}}", "settings.denoise", "true or false"),
                arguments("{" + range + ",\"settings\":{\"denoise\":1}}", "settings.denoise", "true or false"),
                arguments("{" + range + ",\"settings\":{\"engine\":\"cycles\"}}", "settings.engine", "capital"),
                arguments("{" + range + ",\"settings\":{\"scene\":\"\"}}", "settings.scene", "1 to 128"),
                arguments("{" + range + ",\"settings\":{\"sampels\":1}}", "settings.sampels", "unknown"),
                arguments("{" + range + ",\"settings\":{\"sceneName\":\"a\"}}", "settings.sceneName", "unknown"),
                arguments("{" + range + ",\"form\":1}", "form", "known here are"),
                arguments("{" + range + ",\"from\":1}", "from", "twice"),
                arguments("{" + range + ",\"settings\":{\"seed\":1,\"seed\":1}}", "seed", "twice"));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @DisplayName("that has a wrong field is refused by name")
    @MethodSource("wrongFields")
    void refusesWrongFields(String body, String field, String words) {
        for (Reading<?> reading :
                new Reading<?>[] {Wire.readJob(body.getBytes(UTF_8)), Wire.readRender(body.getBytes(UTF_8))}) {
            BadRequest problem = bad(reading);
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.detail()).contains(field).contains(words).doesNotContain("Exception", "jackson", "\n");
            assertThat(problem.toProblem().status()).isEqualTo(400);
        }
    }

    static Stream<Arguments> wrongOrchestratorFields() {
        String range = "{\"from\":1,\"to\":5,";
        return Stream.of(
                arguments(range + "\"name\":\"\"}", "name", "1 to 128"),
                arguments(range + "\"name\":5}", "name", "a text"),
                arguments(range + "\"name\":\"a\\nb\"}", "name", "printable"),
                arguments(range + "\"priority\":1001}", "priority", "1001"),
                arguments(range + "\"priority\":\"1\"}", "priority", "whole number"),
                arguments(range + "\"batchSize\":0}", "batchSize", "1 to 10000"),
                arguments(range + "\"batchSize\":2.5}", "batchSize", "whole number"),
                arguments(range + "\"batchSize\":\"big\"}", "batchSize", "or \"auto\""),
                arguments(range + "\"afterFrames\":[\"a/b\"]}", "afterFrames", "a/b"),
                arguments(range + "\"maxRunning\":0}", "maxRunning", "1 to 1000000"),
                arguments(range + "\"deadlineSeconds\":0}", "deadlineSeconds", "1 to 31622400"),
                arguments(range + "\"deadlineSeconds\":1.5}", "deadlineSeconds", "whole number"),
                arguments(range + "\"inOrder\":1}", "inOrder", "true or false"),
                arguments(range + "\"expectedSeconds\":0}", "expectedSeconds", "0.001 to 31622400"),
                arguments(range + "\"expectedSeconds\":1e300}", "expectedSeconds", "0.001 to 31622400"),
                arguments(range + "\"expectedSeconds\":\"5\"}", "expectedSeconds", "a number"),
                arguments(range + "\"requires\":[]}", "requires", "an object"),
                arguments(range + "\"requires\":\"gpu\"}", "requires", "an object"),
                arguments(range + "\"requires\":{\"gpu\":1}}", "requires.gpu", "a text"),
                arguments(range + "\"requires\":{\"gpu\":null}}", "requires.gpu", "null"),
                arguments(range + "\"requires\":{\"\":\"x\"}}", "requires", "label"),
                arguments(range + "\"after\":\"j-1\"}", "after", "a list"),
                arguments(range + "\"after\":{}}", "after", "a list"),
                arguments(range + "\"after\":[1]}", "after[0]", "a text"),
                arguments(range + "\"after\":[null]}", "after", "null"),
                arguments(range + "\"after\":[\"a/b\"]}", "after", "a/b"),
                arguments(range + "\"nodes\":5}", "nodes", "unknown"));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("to an orchestrator that has a wrong field is refused by name")
    @MethodSource("wrongOrchestratorFields")
    void refusesWrongOrchestratorFields(String body, String field, String words) {
        BadRequest problem = bad(Wire.readRender(body.getBytes(UTF_8)));

        assertThat(problem.field()).isEqualTo(field);
        assertThat(problem.detail()).contains(field).contains(words).doesNotContain("Exception", "jackson");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("that is no JSON object is refused")
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "5",
                "\"{}\"",
                "{",
                "{\"from\":1,\"to\":5",
                "{\"from\":1,\"to\":5}}",
                "{\"from\":1,\"to\":5} {}",
                "{\"from\":1,\"to\":5} x",
                "{'from':1,'to':5}",
                "{from:1,to:5}",
                "{\"from\":01,\"to\":5}",
                "{\"from\":NaN,\"to\":5}",
                "{\"from\":1,\"to\":5,}",
                "{\"from\":1,\"to\":5} // why",
                "from=1&to=5",
                "<job/>",
            })
    void refusesWhatIsNoJson(String body) {
        BadRequest problem = bad(Wire.readJob(body.getBytes(UTF_8)));

        assertThat(problem.field()).isNull();
        assertThat(problem.detail()).startsWith("the body").doesNotContain("Exception", "jackson");
    }

    @Test
    @DisplayName("that is nested too deeply, holds too long a number, or is not UTF-8 is refused")
    void refusesHostileBodies() {
        String deep = "{\"settings\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}";
        String longNumber = "{\"from\":" + "9".repeat(60_000) + ",\"to\":5}";
        byte[] notUtf8 = "{\"from\":1,\"to\":5,\"job\":\"xx\"}".getBytes(UTF_8);
        notUtf8[notUtf8.length - 3] = (byte) 0xff;

        assertThat(bad(Wire.readJob(deep.getBytes(UTF_8))).detail()).contains("nested too deeply");
        assertThat(bad(Wire.readJob(longNumber.getBytes(UTF_8))).detail()).contains("too long");
        assertThat(bad(Wire.readJob(notUtf8)).detail()).contains("not JSON");
    }

    @Test
    @DisplayName("comes with an attempt and a key that are checked as well")
    void headers() {
        assertThat(good(Wire.readAttempt("f-1/2/3"))).contains(new AttemptId("f-1", 2, 3));
        assertThat(good(Wire.readAttempt(null))).isEmpty();
        assertThat(bad(Wire.readAttempt("f-1/x/3")).field()).isEqualTo("Attempt");
        assertThat(good(Wire.readKey("f-1/2/3"))).contains("f-1/2/3");
        assertThat(good(Wire.readKey(null))).isEmpty();
        assertThat(bad(Wire.readKey("a b")).field()).isEqualTo("Idempotency-Key");
        assertThat(bad(Wire.readKey("")).field()).isEqualTo("Idempotency-Key");
        assertThat(bad(Wire.readKey("k".repeat(256))).detail()).contains("256 characters");
    }

    private static JobOrder job(String body) {
        return good(Wire.readJob(body.getBytes(UTF_8)));
    }

    private static RenderOrder render(String body) {
        return good(Wire.readRender(body.getBytes(UTF_8)));
    }

    private static <T> T good(Reading<T> reading) {
        return reading.either(value -> value, problem -> {
            throw new AssertionError(problem.toString());
        });
    }

    private static BadRequest bad(Reading<?> reading) {
        return reading.either(
                value -> {
                    throw new AssertionError("was read as " + value);
                },
                problem -> problem);
    }
}
