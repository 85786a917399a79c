package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The display of a farm")
class FarmDisplayTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    @DisplayName("draws a bar and a line for each node on a terminal, again and again in the same place")
    void drawsOnTerminal() {
        FarmDisplay display = new FarmDisplay(out, true);

        display.show(job(), List.of(node()));
        display.show(job(), List.of(node()));

        String[] drawings = bytes.toString(StandardCharsets.UTF_8).split("\033\\[2A", -1);
        assertThat(drawings).hasSize(2);
        assertThat(drawings[1])
                .startsWith("████████████████████░░░░░░░░░░░░ 12 of 20 frames  1.4 frames/s  6 s left")
                .contains("http://127.0.0.1:3001     12 done  frames 13-15, now 13, 50 %");
    }

    @Test
    @DisplayName("prints a line for each step where there is no terminal, and none twice")
    void printsLines() {
        FarmDisplay display = new FarmDisplay(out, false);

        display.show(job(), List.of(node()));
        display.show(job(), List.of(node()));

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("12 of 20 frames  1.4 frames/s  6 s left");
    }

    private static RenderJob job() {
        NodeId node = new NodeId("n-1");
        BatchProgress halfway = new BatchProgress(FrameSet.empty(), 13, 8, 16, 1.0, null);
        return new RenderJob(
                new JobId("shot"),
                RenderRequest.of(Scene.nodeDefault(), "1-20"),
                Path.of("frames"),
                JobState.RUNNING,
                0,
                FrameSet.range(1, 12),
                FrameSet.empty(),
                FrameSet.empty(),
                FrameSet.range(16, 20),
                1.4,
                Duration.ofSeconds(6),
                Instant.EPOCH,
                null,
                null,
                List.of(),
                null,
                null,
                List.of(
                        new Batch(
                                new BatchId("1"),
                                FrameSet.range(1, 12),
                                Batch.State.COMPLETED,
                                node,
                                1,
                                BatchProgress.NONE,
                                null),
                        new Batch(
                                new BatchId("2"), FrameSet.range(13, 15), Batch.State.RUNNING, node, 1, halfway, null)),
                null);
    }

    private static FarmNode node() {
        return new FarmNode(
                URI.create("http://127.0.0.1:3001"),
                NodeDescription.simplest(new NodeId("n-1")),
                FarmNode.State.UP,
                1,
                Instant.EPOCH,
                0,
                1.4,
                null);
    }
}
