package io.renderfleet.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderRun;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The test pattern")
class TestPatternEngineTest {
    @TempDir
    Path root;

    private Tasks tasks = new Tasks(Path.of(""));
    private final RecordedEvents events = new RecordedEvents();

    @BeforeEach
    void setUp() {
        tasks = new Tasks(root);
    }

    @Test
    @DisplayName("has the size and format that the request sets")
    void honoursSettings() throws Exception {
        RenderSettings settings = RenderSettings.builder()
                .width(200)
                .height(100)
                .percentage(50)
                .format("JPEG")
                .build();

        new TestPatternEngine().start(tasks.of("-3", settings, null), events);

        assertThat(events.awaitEnd()).isNull();
        Path file = events.of(EngineEvent.FrameSaved.class).get(0).files().get(0);
        assertThat(file).isEqualTo(root.resolve("attempt/out/shot_-0003.jpg"));
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(100, 50);
    }

    @Test
    @DisplayName("has the same pixels each time, and others for another frame")
    void isDeterministic() {
        int[] first = pixels(7);

        assertThat(pixels(7)).isEqualTo(first);
        assertThat(pixels(8)).isNotEqualTo(first);
    }

    private static int[] pixels(int frame) {
        return TestPattern.draw(160, 90, frame).getRGB(0, 0, 160, 90, null, 0, 160);
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                Arguments.of(RenderSettings.builder().engine("CYCLES").build(), FailureKind.ENGINE_UNAVAILABLE),
                Arguments.of(RenderSettings.builder().format("OPEN_EXR").build(), FailureKind.UNSUPPORTED_FORMAT),
                Arguments.of(RenderSettings.builder().depth(16).build(), FailureKind.UNSUPPORTED_SETTING),
                Arguments.of(RenderSettings.builder().device("CUDA").build(), FailureKind.DEVICE_UNAVAILABLE),
                Arguments.of(
                        RenderSettings.builder().width(60_000).height(60_000).build(),
                        FailureKind.UNSUPPORTED_SETTING));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("impossible")
    @DisplayName("refuses what it cannot draw")
    void refuses(RenderSettings settings, FailureKind kind) {
        assertThat(new TestPatternEngine().check(tasks.of("1", settings, null)))
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    @Test
    @DisplayName("takes its time, tells of samples, and can be stopped and shortened meanwhile")
    void takesItsTime() {
        TestPatternEngine engine = new TestPatternEngine(Duration.ofMinutes(5));
        RenderRun run = engine.start(tasks.of("1-9"), events);
        events.awaitFrameStarted();
        Failure reason = Failure.of(FailureKind.CANCELLED, "Enough.");

        assertThat(run.shorten(FrameSet.range(4, 5))).isEqualTo(FrameSet.of(1, 4, 5));
        run.stop(reason);

        assertThat(events.awaitEnd()).isEqualTo(reason);
        assertThat(events.saved()).isEmpty();
    }
}
