package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.spi.EngineEvent;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A node that is restarted")
class RestartTest extends NodeScenario {
    @Test
    @DisplayName("keeps its identity, and has a new boot id")
    void identity() throws Exception {
        NodeDescription before = node.describe();
        restart(builder());

        assertThat(node.id()).isEqualTo(before.id());
        assertThat(node.bootId()).isNotEqualTo(before.bootId());
    }

    @Test
    @DisplayName("still answers for jobs that had ended: state, warnings, frames, files, log and key")
    void remembersEnded() throws Exception {
        NodeJobView job = accepted(submit(named("1-3", "shot", null), "k", null));
        engine.last().tell(new EngineEvent.Warned(new RenderWarning("movie-output", 1, "Single\tpictures.")));
        engine.last().tell(new EngineEvent.Warned(RenderWarning.of("file-name", "")));
        engine.last().render(1, SECOND);
        engine.last().begin(2);
        engine.last()
                .tell(new EngineEvent.Ended(new Failure(
                        FailureKind.CRASHED, 2, "It crashed:\tbadly.\n100 %", true, List.of("a", "", "b\tc"))));
        NodeJobView before = awaitEnd(job.id());
        assertThat(before.warnings()).hasSize(2);
        List<FrameOutput> frames = node.frames(job.id()).orElseThrow();

        restart(builder());

        NodeJobView after = view(job.id());
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("version", "pollAfter", "secondsPerFrame", "startedAt")
                .isEqualTo(before);
        assertThat(after.startedAt()).isNotNull();
        assertThat(node.frames(job.id())).contains(frames);
        assertThat(node.file(job.id(), 1, null)).isPresent();
        assertThat(node.log(job.id())).isPresent();
        assertThat(submit(named("1-3", "shot", null), "k", null))
                .isInstanceOfSatisfying(
                        SubmitResult.Accepted.class,
                        same -> assertThat(same.created()).isFalse());
        assertThat(submit("1").pid()).isGreaterThan(job.pid());
    }

    @Test
    @DisplayName("refuses to share its own folder with another node")
    void locksItsFolder() {
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use by another node");
    }

    @Test
    @DisplayName("ends what runs when it is closed, and its engine")
    void closes() {
        NodeJobView job = submit("1-5");

        node.close();
        node.close();

        assertThat(view(job.id()).state()).isEqualTo(NodeJobState.FAILED);
        assertThat(engine.closed).isTrue();
    }
}
