package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.node.journal.Manifest;
import io.renderfleet.node.output.KeptFrames;
import io.renderfleet.node.verify.OutputVerifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A node that is told not to overwrite")
class KeptFramesTest extends NodeScenario {
    private void renderShot(String frames) {
        NodeJobView job = accepted(submit(named(frames, "shot", false), null, null));
        await().until(() -> engine.runs.size() == 1);
        for (int frame : job.frames()) {
            engine.last().render(frame, SECOND);
        }
        engine.last().end();
        awaitEnd(job.id());
    }

    @Test
    @DisplayName("keeps frames that are there and valid, and renders the others")
    void keepsValidFrames() throws Exception {
        renderShot("1-4");
        Files.writeString(root.resolve("shot/blender-render_0002.txt"), "damaged");
        Files.delete(root.resolve("shot/blender-render_0003.txt"));
        Files.writeString(root.resolve("shot/blender-render_0005.txt"), "of somebody else");

        NodeJobView second = accepted(submit(named("1-5", "shot", false), null, null));
        await().until(() -> engine.runs.size() == 2);
        assertThat(engine.last().task.frames()).isEqualTo(FrameSet.of(2, 3, 5));
        for (int frame : engine.last().task.frames()) {
            engine.last().render(frame, SECOND);
        }
        engine.last().end();

        NodeJobView ended = awaitEnd(second.id());
        assertThat(ended.state()).isEqualTo(NodeJobState.COMPLETED);
        assertThat(ended.finished()).isEqualTo(FrameSet.range(1, 5));
        assertThat(node.frames(second.id()).orElseThrow()).hasSize(5);
        assertThat(root.resolve("shot/blender-render_0005.txt")).hasContent("frame 5");

        NodeJobView third = accepted(submit(named("5-1", "shot", false), null, null));
        assertThat(awaitEnd(third.id()).state()).isEqualTo(NodeJobState.COMPLETED);
        assertThat(engine.runs).hasSize(2);
    }

    @Test
    @DisplayName("keeps them also by a manifest of an older version, which says less of each file")
    void olderManifest() throws Exception {
        renderShot("1-2");
        Path manifest = root.resolve("shot/manifest.tsv");
        List<String> shorter = Files.readAllLines(manifest).stream()
                .map(line -> line.replaceFirst("\t[^\t]*\t[^\t]*$", ""))
                .toList();
        assertThat(shorter).allMatch(line -> line.split("\t", -1).length == 13);
        Files.write(manifest, shorter);

        NodeJobView second = accepted(submit(named("1-2", "shot", false), null, null));

        assertThat(awaitEnd(second.id()).state()).isEqualTo(NodeJobState.COMPLETED);
        assertThat(engine.runs).as("nothing was rendered again").hasSize(1);
    }

    @Test
    @DisplayName("looks through no more of them once somebody has cancelled the job")
    void cancelledWhileLooking() throws Exception {
        renderShot("1-4");
        Path folder = root.resolve("shot");
        Manifest.Picture picture =
                new Manifest(folder).read().values().iterator().next().picture();
        AtomicInteger asked = new AtomicInteger();

        List<FrameOutput> kept = KeptFrames.find(
                folder,
                FrameSet.range(1, 4),
                OutputPattern.DEFAULT,
                picture,
                new OutputVerifier(),
                () -> asked.incrementAndGet() < 3);

        assertThat(kept).extracting(FrameOutput::frame).containsExactly(1, 2);
        assertThat(asked).hasValue(3);
    }

    @Test
    @DisplayName("renders again what was made of another scene or with other settings")
    void rendersWhatDiffers() throws Exception {
        Path scene = Files.writeString(root.resolve("scene.blend"), "first");
        restart(builder().defaultScene(scene));
        renderShot("1");

        Files.writeString(scene, "second, longer");
        NodeJobView second = accepted(submit(named("1", "shot", false), null, null));
        await().until(() -> engine.runs.size() == 2);
        engine.last().render(1, SECOND);
        engine.last().end();

        assertThat(awaitEnd(second.id()).state()).isEqualTo(NodeJobState.COMPLETED);
    }
}
