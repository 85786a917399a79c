package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.journal.Manifest;
import io.renderfleet.node.scene.SceneRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A node that takes a job")
class NodeJobsTest extends NodeScenario {
    @Test
    @DisplayName("tells how it stands from the first frame to the last")
    void tellsProgress() {
        NodeJobView job = submit("1-4");
        assertThat(job.state()).isEqualTo(NodeJobState.RUNNING);
        assertThat(job.status()).isEqualTo("Job still running");
        assertThat(job.pollAfter()).isEqualTo(Duration.ofSeconds(5));

        engine.last().render(1, Duration.ofSeconds(10));
        awaitFinished(job.id(), "1");
        engine.last().begin(2);
        engine.last().tell(new EngineEvent.SamplesDone(2, 32, 64, null));

        NodeJobView running = view(Long.toString(job.pid()));
        assertThat(running.id()).isEqualTo(job.id());
        assertThat(running.currentFrame()).isEqualTo(2);
        assertThat(running.sample()).isEqualTo(32);
        assertThat(running.progress()).isEqualTo(0.375);
        assertThat(running.secondsPerFrame()).isEqualTo(10);
        assertThat(running.timeLeft()).isEqualTo(Duration.ofSeconds(25));
        assertThat(running.pollAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(running.version()).isGreaterThan(job.version());

        engine.last().save(2, SECOND, "two");
        engine.last().render(3, SECOND);
        engine.last().render(4, SECOND);
        engine.last().end();

        NodeJobView ended = awaitEnd(job.id());
        assertThat(ended.state()).isEqualTo(NodeJobState.COMPLETED);
        assertThat(ended.status()).isEqualTo("Job completed");
        assertThat(ended.progress()).isEqualTo(1);
        assertThat(ended.failure()).isNull();
        assertThat(ended.endedAt()).isEqualTo(time.now());
    }

    @Test
    @DisplayName("publishes verified frames in the job's folder, and leaves nothing else there")
    void publishes() throws Exception {
        NodeJobView job = submit("1-2");
        engine.last().render(1, SECOND);
        engine.last().render(2, SECOND);
        engine.last().tell(new EngineEvent.LogLine("hello"));
        engine.last().end();
        awaitEnd(job.id());

        List<FrameOutput> frames = node.frames(job.id()).orElseThrow();
        assertThat(frames).extracting(FrameOutput::frame).containsExactly(1, 2);
        assertThat(node.file(job.id(), 2, null))
                .contains(root.toRealPath().resolve(job.id()).resolve("blender-render_0002.txt"));
        assertThat(node.file(job.id(), 2, "blender-render_0001.txt")).isEmpty();
        assertThat(node.file(job.id(), 3, null)).isEmpty();
        assertThat(root.resolve(job.id()).toFile().list())
                .containsExactlyInAnyOrder("blender-render_0001.txt", "blender-render_0002.txt", "manifest.tsv");
        assertThat(Files.readString(node.log(job.id()).orElseThrow())).contains("hello", "Job completed");
        assertThat(root.resolve(".node/work").toFile().list()).isEmpty();
    }

    @Test
    @DisplayName("hands out a frame only as it was rendered")
    void changedFrame() throws Exception {
        NodeJobView job = submit("1");
        engine.last().render(1, SECOND);
        engine.last().end();
        awaitEnd(job.id());
        Path file = node.file(job.id(), 1, null).orElseThrow();
        String rendered = Files.readString(file);

        Files.writeString(file, "x".repeat(rendered.length()));
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
        assertThat(node.file(job.id(), 1, null)).isEmpty();

        Files.writeString(file, rendered);
        assertThat(node.file(job.id(), 1, null)).contains(file);
    }

    @Test
    @DisplayName("writes down beside the frames what an artist should know")
    void warns() throws Exception {
        NodeJobView job = submit("1");
        engine.last().tell(new EngineEvent.Warned(RenderWarning.of("file-name", "100 % of\tit, once.")));
        engine.last().tell(new EngineEvent.Warned(new RenderWarning("missing-texture", 1, "wood.png is missing.")));
        engine.last().tell(new EngineEvent.Warned(new RenderWarning("missing-texture", 2, "wood.png is missing.")));
        engine.last().render(1, SECOND);
        engine.last().end();
        awaitEnd(job.id());

        Path folder = root.resolve(job.id());
        List<String> lines = Files.readAllLines(folder.resolve("manifest.tsv"));
        assertThat(lines.get(0)).startsWith("frame\tfile\t");
        assertThat(lines.subList(1, 3))
                .containsExactly(
                        "# warning\tfile-name\t\t100 %25 of it, once.\t" + job.id(),
                        "# warning\tmissing-texture\t1\twood.png is missing.\t" + job.id());
        assertThat(lines).hasSize(4);
        assertThat(new Manifest(folder).read()).containsOnlyKeys("blender-render_0001.txt");
    }

    @Test
    @DisplayName("writes down what in the scene wrote a file, in the artist's words")
    void sources() throws Exception {
        NodeJobView job = submit("1");
        Path folder = engine.last().task.outputFolder();
        Path main = Files.writeString(folder.resolve("shot_0001.txt"), "picture");
        Path depth = Files.writeString(folder.resolve("shot_0001-Out_A-z0001.txt"), "depth");
        Path layers = Files.writeString(folder.resolve("shot_0001-B.txt"), "layers");
        engine.last().begin(1);
        engine.last()
                .tell(new EngineEvent.FrameSaved(
                        1,
                        List.of(main, depth, layers),
                        SECOND,
                        Map.of(
                                depth, new EngineEvent.FrameSaved.Source("Out:A", "passes/z####"),
                                layers, new EngineEvent.FrameSaved.Source("B", null))));
        engine.last().end();
        awaitEnd(job.id());

        List<String> lines = Files.readAllLines(root.resolve(job.id()).resolve("manifest.tsv"));
        assertThat(lines.get(0)).endsWith("\tat\toutput\tslot");
        assertThat(lines).filteredOn(line -> line.contains("shot_0001.txt")).allMatch(line -> line.endsWith("Z\t\t"));
        assertThat(lines)
                .filteredOn(line -> line.contains("-Out_A-"))
                .allMatch(line -> line.endsWith("\tOut:A\tpasses/z####"));
        assertThat(lines).filteredOn(line -> line.contains("-B.")).allMatch(line -> line.endsWith("\tB\t"));
        assertThat(new Manifest(root.resolve(job.id())).read()).hasSize(3);
    }

    @Test
    @DisplayName("leaves the frames of a coordinator's attempt in the attempt's folder")
    void keepsAttemptsApart() throws Exception {
        NodeJobView job = accepted(submit(named("1", "shot", null), "f/1/4", "f/2/4"));
        engine.last().render(1, SECOND);
        engine.last().end();
        awaitEnd(job.id());

        assertThat(node.file(job.id(), 1, null))
                .contains(root.toRealPath().resolve("shot/.attempts/2-4/blender-render_0001.txt"));
        assertThat(root.resolve("shot").toFile().list()).containsExactly(".attempts");
    }

    @Test
    @DisplayName("fails a job whose frame does not verify, and keeps the others")
    void failsUnverified() {
        NodeJobView job = submit("1-3");
        engine.last().render(1, SECOND);
        engine.last().begin(2);
        engine.last().save(2, SECOND, "");
        engine.last().render(3, SECOND);
        engine.last().end();

        NodeJobView ended = awaitEnd(job.id());
        assertThat(ended.state()).isEqualTo(NodeJobState.FAILED);
        assertThat(ended.finished()).isEqualTo(FrameSet.of(1, 3));
        assertThat(ended.failure()).isNotNull();
        assertThat(ended.failure().kind()).isEqualTo(FailureKind.FRAME_EMPTY);
        assertThat(ended.failure().frame()).isEqualTo(2);
        assertThat(ended.status()).startsWith("Job failed: Frame 2: ");
    }

    @Test
    @DisplayName("never takes one file for two frames")
    void refusesSharedFiles() {
        NodeJobView job = submit("1-2");
        Path file = engine.last().render(1, SECOND);
        engine.last().begin(2);
        engine.last().tell(new EngineEvent.FrameSaved(2, List.of(file), SECOND));
        engine.last().end();

        assertThat(awaitEnd(job.id()).finished()).isEqualTo(FrameSet.of(1));
    }

    @Test
    @DisplayName("fails a job whose engine ends without an error and without all frames")
    void failsMissing() {
        NodeJobView job = submit("1-3");
        engine.last().render(1, SECOND);
        engine.last().end();

        NodeJobView ended = awaitEnd(job.id());
        assertThat(ended.failure()).isNotNull();
        assertThat(ended.failure().kind()).isEqualTo(FailureKind.FRAME_MISSING);
        assertThat(ended.failure().message()).contains("2-3");
    }

    @Test
    @DisplayName("gives two jobs of one name two folders")
    void neverSharesFolders() {
        NodeJobView first = accepted(submit(named("1", "shot", null), null, null));
        engine.last().render(1, SECOND);
        engine.last().end();
        awaitEnd(first.id());
        NodeJobView second = accepted(submit(named("1", "shot", true), null, null));
        engine.last().render(1, SECOND);
        engine.last().end();
        awaitEnd(second.id());

        assertThat(root.resolve("shot/blender-render_0001.txt")).exists();
        assertThat(root.resolve("shot-" + second.id() + "/blender-render_0001.txt"))
                .exists();
    }

    @Test
    @DisplayName("names the failure of an engine, with the last lines of its log")
    void passesFailuresOn() {
        NodeJobView job = submit("1");
        engine.last().tell(new EngineEvent.LogLine("line of the log"));
        engine.last().tell(new EngineEvent.Ended(Failure.of(FailureKind.OUT_OF_MEMORY, "No memory.")));

        Failure failure = awaitEnd(job.id()).failure();
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
        assertThat(failure.log()).containsExactly("line of the log");
    }

    @Test
    @DisplayName("stops it when its time is over, counted from the first frame")
    void watchesTheTime() {
        NodeJobRequest request = new NodeJobRequest(
                FrameSet.range(1, 2),
                SceneRef.DEFAULT,
                OutputPattern.DEFAULT,
                RenderSettings.SCENE_DEFAULTS,
                null,
                ScenePolicy.DEFAULT,
                Duration.ofMinutes(1),
                null,
                null);
        NodeJobView job = accepted(submit(request, null, null));
        time.advance(Duration.ofHours(1));
        engine.last().begin(1);
        time.advance(Duration.ofSeconds(59));
        assertThat(view(job.id()).state()).isEqualTo(NodeJobState.RUNNING);
        engine.last().save(1, SECOND, "one");

        time.advance(Duration.ofSeconds(1));

        NodeJobView ended = awaitEnd(job.id());
        assertThat(ended.state()).isEqualTo(NodeJobState.FAILED);
        assertThat(ended.failure()).isNotNull();
        assertThat(ended.failure().kind()).isEqualTo(FailureKind.BATCH_TIMEOUT);
        assertThat(ended.finished()).isEqualTo(FrameSet.of(1));
    }

    @Test
    @DisplayName("keeps no files without an output root, and says so")
    void withoutFiles() throws Exception {
        restart(RenderNode.builder().engine(engine).time(time));
        NodeJobView job = submit("1-2");
        engine.last().tell(new EngineEvent.FrameStarted(1));
        engine.last().tell(new EngineEvent.FrameSaved(1, List.of(), SECOND));
        engine.last().tell(new EngineEvent.FrameSaved(2, List.of(), SECOND));
        engine.last().end();

        assertThat(view(job.id()).state()).isEqualTo(NodeJobState.COMPLETED);
        assertThat(node.keepsFiles()).isFalse();
        assertThat(node.frames(job.id())).contains(List.of());
        assertThat(node.scenes()).isEmpty();
        assertThat(node.log(job.id())).isEmpty();
    }
}
