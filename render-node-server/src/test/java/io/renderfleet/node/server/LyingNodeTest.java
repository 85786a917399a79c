package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.RetryPolicy;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.CommandEngine;
import io.renderfleet.testkit.SamplePictures;
import io.renderfleet.transport.http.HttpTransport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A node that delivers over HTTP what is no frame")
@Timeout(120)
class LyingNodeTest {
    private static final RetryPolicy PATIENT =
            new RetryPolicy(50, Duration.ofMillis(10), Duration.ofMillis(50), 1.5, 0);

    @TempDir
    Path folder;

    private final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<NodeId> quarantined = new LinkedBlockingQueue<>();

    static Stream<Arguments> lies() throws Exception {
        byte[] exr = SamplePictures.exr(3);
        byte[] png = SamplePictures.png();
        RenderSettings any = RenderSettings.SCENE_DEFAULTS;
        RenderSettings asExr = RenderSettings.builder().format("OPEN_EXR").build();
        RenderSettings small = RenderSettings.builder().width(24).height(20).build();
        RenderSettings smallPng = small.toBuilder().format("PNG").build();
        return Stream.of(
                arguments("text", "png", bytes("This is no picture."), any, "does not begin like a PNG file", true),
                arguments("half an EXR", "exr", half(exr), any, "points to a chunk at byte", true),
                arguments("half a PNG", "png", half(png), any, "is cut off after", true),
                arguments("half a JPEG", "jpg", half(SamplePictures.jpeg()), any, "is cut off after", true),
                arguments("half a TIFF", "tif", half(SamplePictures.tiff(null)), any, "has", true),
                arguments("a PNG as EXR", "exr", png, any, "does not begin like an OpenEXR file", true),
                arguments(
                        "a bomb",
                        "png",
                        SamplePictures.png(Integer.MAX_VALUE, Integer.MAX_VALUE, new byte[64 << 20]),
                        any,
                        "has 2147483647 x 2147483647 pixels",
                        true),
                arguments("another size", "png", png, small, "has 48 x 40 pixels, but 24 x 20 was asked for", true),
                arguments("another format", "png", png, asExr, "is no OpenEXR file by its name", false),
                arguments(
                        "too many bytes",
                        "png",
                        Arrays.copyOf(png, (16 << 20) + 24 * 20 * 128 + 1),
                        smallPng,
                        "has 16838657 bytes: at most 16838656 are taken",
                        false));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] half(byte[] whole) {
        return Arrays.copyOf(whole, whole.length / 2);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    @DisplayName("is named and left alone, publishes nothing, and costs the others no frame")
    void isRefused(String lie, String extension, byte[] lies, RenderSettings settings, String flaw, boolean isFetched)
            throws Exception {
        byte[] truth = "OPEN_EXR".equals(settings.format()) ? SamplePictures.exr(0) : SamplePictures.blackPng(20, 10);
        Path picture = Files.write(folder.resolve("truth"), truth);
        try (LyingNode liar = new LyingNode(extension, lies);
                RenderNodeServer honest = honest(picture);
                RenderExecutor farm = RenderExecutor.builder()
                        .transport(HttpTransport.create())
                        .nodes(liar.uri().toString())
                        .outputRoot(folder.resolve("frames"))
                        .retry(PATIENT)
                        .listener(listener())
                        .build()) {
            RenderHandle job = farm.submit(
                    RenderRequest.of(Scene.nodeDefault(), "1-3").batchSize(1).settings(settings));

            for (int i = 0; i < 3; i++) {
                Failure failure = failures.poll(60, TimeUnit.SECONDS);
                assertThat(failure).isNotNull();
                assertThat(failure.kind()).isEqualTo(FailureKind.FETCH_FAILED);
                assertThat(failure.message()).contains(LyingNode.ID, "." + extension, flaw);
            }
            assertThat(quarantined.poll(60, TimeUnit.SECONDS)).isEqualTo(new NodeId(LyingNode.ID));
            assertThat(liar.fetched.get() > 0).isEqualTo(isFetched);
            assertThat(published(job)).isEmpty();

            farm.nodes().add(honest.uri());
            RenderResult result = job.completion().get(60, TimeUnit.SECONDS);
            assertThat(result.state()).as(String.valueOf(result.failure())).isEqualTo(JobState.COMPLETED);
            assertThat(published(job))
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(file).hasBinaryContent(truth));
        }
    }

    @ParameterizedTest(name = "decoded: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("is found out by damaged pixels of a JPEG only where frames are decoded")
    void damagedPixels(boolean decoded) throws Exception {
        byte[] whole = SamplePictures.jpeg();
        byte[] damaged = Arrays.copyOf(whole, whole.length - 100);
        damaged[damaged.length - 2] = whole[whole.length - 2];
        damaged[damaged.length - 1] = whole[whole.length - 1];
        try (LyingNode liar = new LyingNode("jpg", damaged);
                RenderExecutor farm = RenderExecutor.builder()
                        .transport(HttpTransport.create())
                        .nodes(liar.uri().toString())
                        .outputRoot(folder.resolve("frames"))
                        .decodeFrames(decoded)
                        .retry(new RetryPolicy(2, Duration.ofMillis(10), Duration.ofMillis(50), 1.5, 0))
                        .build()) {
            RenderHandle job = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1"));
            RenderResult result = job.completion().get(60, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(decoded ? JobState.FAILED : JobState.COMPLETED);
            assertThat(published(job)).hasSize(decoded ? 0 : 1);
            if (decoded) {
                assertThat(result.failure()).isNotNull();
                assertThat(result.failure().message())
                        .isEqualTo("Node n-liar sent blender-render_0001.jpg, which has damaged pixels.");
            }
        }
    }

    private RenderNodeServer honest(Path picture) throws Exception {
        RenderNode node = RenderNode.builder()
                .engine(CommandEngine.of("cp", picture.toString(), "{output}"))
                .outputRoot(folder.resolve("honest"))
                .build();
        return RenderNodeServer.builder(node).port(0).rateLimit(null).start();
    }

    private List<Path> published(RenderHandle job) throws Exception {
        Path frames = folder.resolve("frames").resolve(job.id().value());
        if (!Files.isDirectory(frames)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(frames)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private RenderListener listener() {
        return new RenderListener() {
            @Override
            public void onTransition(JobTransition transition) {
                if (transition instanceof JobTransition.BatchEnded ended && ended.failure() != null) {
                    failures.add(ended.failure());
                }
            }

            @Override
            public void onNotice(FarmNotice notice) {
                if (notice instanceof FarmNotice.NodeQuarantined now) {
                    quarantined.add(now.node());
                }
            }
        };
    }
}
