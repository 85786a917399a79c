package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link RenderEngine} must do. An implementation's test extends this class and gives two engines: one whose frames are done
 * soon, and one whose frames are never done, so that there is time to stop it.
 */
@Timeout(120)
public abstract class RenderEngineContract {
    private static final Failure ENOUGH = Failure.of(FailureKind.CANCELLED, "Enough.");

    /** For implementations. */
    protected RenderEngineContract() {}

    /**
     * Makes an engine that renders the frames of {@link #task} one after another without trouble.
     *
     * @return a new one each time; the contract closes it
     * @throws Exception if it cannot be made
     */
    protected abstract RenderEngine quick() throws Exception;

    /**
     * Makes an engine that begins with a frame of {@link #task} and takes some minutes for it.
     *
     * @return a new one each time; the contract closes it
     * @throws Exception if it cannot be made
     */
    protected abstract RenderEngine slow() throws Exception;

    /**
     * Makes a task that both engines can render: here one without a scene and with no settings.
     *
     * @param frames which frames
     * @param outputFolder where its files go; it exists
     * @param workFolder for temporary files; it exists
     * @return the task
     */
    protected RenderTask task(FrameSet frames, Path outputFolder, Path workFolder) {
        return new RenderTask(
                "contract/1",
                null,
                frames,
                RenderSettings.SCENE_DEFAULTS,
                ScenePolicy.DEFAULT,
                new OutputPattern("out/shot_####"),
                outputFolder,
                workFolder,
                null,
                null);
    }

    private RenderTask task(String frames, Path root) throws IOException {
        return task(
                FrameSet.parse(frames),
                Files.createDirectories(root.resolve("output")),
                Files.createDirectories(root.resolve("work")));
    }

    @Test
    @DisplayName("names itself, always the same, and has nothing against a task that it can render")
    final void namesItself(@TempDir Path root) throws Exception {
        try (RenderEngine engine = quick()) {
            assertThat(engine.info()).isEqualTo(engine.info());
            assertThat(engine.info().name()).isNotBlank();
            assertThat(engine.check(task("1-3", root))).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "renders the frames in the order of the task, tells of each when its files are whole, and of the end last")
    final void rendersInOrder(@TempDir Path root) throws Exception {
        EngineRecord record = new EngineRecord();
        RenderTask task = task("3,1-2", root);
        try (RenderEngine engine = quick()) {
            engine.start(task, record);
            assertThat(record.awaitEnd()).isNull();
        }

        assertThat(record.frames()).as("begun and saved").containsExactly("+3", "3", "+1", "1", "+2", "2");
        List<EngineEvent.FrameSaved> saved = record.of(EngineEvent.FrameSaved.class);
        assertThat(saved).allSatisfy(frame -> {
            assertThat(frame.files())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(file)
                            .isAbsolute()
                            .startsWith(task.outputFolder())
                            .isRegularFile()
                            .isNotEmptyFile());
            assertThat(frame.renderTime().isNegative()).isFalse();
        });
        assertThat(saved.stream().flatMap(frame -> frame.files().stream())).doesNotHaveDuplicates();
        assertThat(root.toFile().list()).as("written beside its folders").containsExactlyInAnyOrder("output", "work");
        record.assertWellTold();
    }

    @Test
    @DisplayName("renders several tasks at once, each in its own folders")
    final void rendersAtOnce(@TempDir Path root) throws Exception {
        EngineRecord one = new EngineRecord();
        EngineRecord other = new EngineRecord();
        try (RenderEngine engine = quick()) {
            engine.start(task("1-2", root.resolve("one")), one);
            engine.start(task("2-3", root.resolve("other")), other);
            assertThat(one.awaitEnd()).isNull();
            assertThat(other.awaitEnd()).isNull();
        }

        assertThat(one.frames()).containsExactly("+1", "1", "+2", "2");
        assertThat(other.frames()).containsExactly("+2", "2", "+3", "3");
        one.assertWellTold();
        other.assertWellTold();
    }

    @Test
    @DisplayName("stops while it renders, and ends with the reason that it was given first")
    final void stops(@TempDir Path root) throws Exception {
        EngineRecord record = new EngineRecord();
        try (RenderEngine engine = slow()) {
            RenderRun run = engine.start(task("1-5", root), record);
            record.awaitFrame();

            run.stop(ENOUGH);
            run.stop(Failure.of(FailureKind.BATCH_TIMEOUT, "Too late to say."));

            assertThat(record.awaitEnd()).isEqualTo(ENOUGH);
        }
        assertThat(record.frames()).containsExactly("+1");
        record.assertWellTold();
    }

    @Test
    @DisplayName("stops before it has begun with a frame, too")
    final void stopsAtOnce(@TempDir Path root) throws Exception {
        EngineRecord record = new EngineRecord();
        try (RenderEngine engine = slow()) {
            engine.start(task("1-5", root), record).stop(ENOUGH);

            assertThat(record.awaitEnd()).isEqualTo(ENOUGH);
        }
        assertThat(record.of(EngineEvent.FrameSaved.class)).isEmpty();
        record.assertWellTold();
    }

    @Test
    @DisplayName("gives up frames that it has not begun, and tells which it will have rendered in the end")
    final void shortens(@TempDir Path root) throws Exception {
        EngineRecord record = new EngineRecord();
        try (RenderEngine engine = slow()) {
            RenderRun run = engine.start(task("1-5", root), record);
            record.awaitFrame();

            assertThat(run.shorten(FrameSet.range(3, 9)).sorted()).isEqualTo(FrameSet.of(1, 3, 4, 5));
            assertThat(run.shorten(FrameSet.of(2, 4)).sorted()).isEqualTo(FrameSet.of(1, 4));

            run.stop(ENOUGH);
            assertThat(record.awaitEnd()).isEqualTo(ENOUGH);
        }
        record.assertWellTold();
    }

    @Test
    @DisplayName("has ended once and for all: nothing is stopped or given up afterwards")
    final void staysEnded(@TempDir Path root) throws Exception {
        EngineRecord record = new EngineRecord();
        try (RenderEngine engine = quick()) {
            RenderRun run = engine.start(task("1-2", root), record);
            assertThat(record.awaitEnd()).isNull();

            run.stop(ENOUGH);

            assertThat(run.shorten(FrameSet.of(2)).sorted()).isEqualTo(FrameSet.range(1, 2));
        }
        record.assertWellTold();
    }

    @Test
    @DisplayName("ends what runs when it is closed, which can be done twice")
    final void closes(@TempDir Path root) throws Exception {
        EngineRecord record = new EngineRecord();
        RenderEngine engine = slow();
        engine.start(task("1-5", root), record);
        record.awaitFrame();

        engine.close();
        engine.close();

        assertThat(record.awaitEnd()).isNotNull();
        assertThat(record.frames()).containsExactly("+1");
        record.assertWellTold();
    }
}
