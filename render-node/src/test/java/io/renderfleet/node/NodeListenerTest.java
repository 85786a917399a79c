package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.scene.SceneRef;
import io.renderfleet.node.time.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

@DisplayName("A node that somebody listens to")
class NodeListenerTest extends NodeScenario {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final NodeListener listener = new NodeListener() {
        @Override
        public void jobTaken(NodeJobView job) {
            hear("taken " + job.frames());
        }

        @Override
        public void frameFinished(NodeJobView job, int frame, Duration renderTime) {
            hear("frame " + frame + " after " + renderTime.toSeconds() + " s");
        }

        @Override
        public void frameFailed(NodeJobView job, Failure failure) {
            hear("failed " + failure.kind());
        }

        @Override
        public void jobEnded(NodeJobView job) {
            hear("ended " + job.state());
        }
    };

    private void hear(String what) {
        heard.add(what + " " + MDC.get("job") + "/" + MDC.get("batch") + "/" + MDC.get("attempt") + "/"
                + MDC.get("trace.id"));
    }

    @Test
    @DisplayName("tells what happens to jobs, with their ids in the log context of whichever thread it is")
    void tells() {
        node.listen(new NodeListener() {
            @Override
            public void jobTaken(NodeJobView job) {
                throw new IllegalStateException("a mistake of the listener");
            }
        });
        Registration registration = node.listen(listener);
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        NodeJobRequest request = new NodeJobRequest(
                FrameSet.range(1, 2),
                SceneRef.DEFAULT,
                OutputPattern.DEFAULT,
                RenderSettings.SCENE_DEFAULTS,
                null,
                ScenePolicy.DEFAULT,
                null,
                new JobId("shot"),
                new BatchId("7"));
        SubmitContext context =
                new SubmitContext(null, AttemptId.parse("f/1/2"), "00-" + trace + "-00f067aa0ba902b7-01");
        NodeJobView job = ((SubmitResult.Accepted) node.submit(request, context, RateGate.OPEN)).job();
        engine.last().render(1, SECOND);
        engine.last().tell(new EngineEvent.FrameFailed(2, Failure.of(FailureKind.CRASHED, 2, "It crashed.")));
        engine.last().end();
        await().until(() -> heard.size() == 4);
        registration.close();
        submit("5");

        assertThat(heard)
                .containsExactly(
                        "taken 1-2 shot/7/f/1/2/" + trace,
                        "frame 1 after 1 s shot/7/f/1/2/" + trace,
                        "failed CRASHED shot/7/f/1/2/" + trace,
                        "ended FAILED shot/7/f/1/2/" + trace);
        assertThat(MDC.get("job")).isNull();
        assertThat(view(job.id()).state()).isEqualTo(NodeJobState.FAILED);
    }
}
