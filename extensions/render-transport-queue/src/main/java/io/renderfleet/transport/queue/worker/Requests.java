package io.renderfleet.transport.queue.worker;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.node.NodeJobRequest;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.scene.SceneRef;
import io.renderfleet.transport.http.wire.JobOrder;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.SceneReference;
import io.renderfleet.transport.http.wire.WireJobState;
import java.time.Instant;

/** Maps what travels to what a node takes, and back. */
final class Requests {
    private Requests() {}

    static NodeJobRequest request(JobOrder order) {
        return new NodeJobRequest(
                order.frames(),
                scene(order.scene()),
                order.output(),
                order.settings(),
                order.renderer(),
                order.scenePolicy(),
                order.timeout(),
                order.job(),
                order.batch());
    }

    private static SceneRef scene(SceneReference scene) {
        if (scene instanceof SceneReference.ByContent content) {
            return new SceneRef.Content(content.sha256(), content.entry());
        }
        return scene instanceof SceneReference.ByName named ? new SceneRef.Named(named.name()) : SceneRef.DEFAULT;
    }

    /** How a batch stands that the node does not have yet. */
    static JobStatus preparing(FrameSet frames, Instant now) {
        return JobStatus.of(
                "none",
                0,
                WireJobState.RUNNING,
                frames,
                BatchProgress.NONE,
                new JobStatus.Times(now, null, null),
                null,
                null,
                null);
    }

    /** How a job stands, as far as the coordinator can get its frames. */
    static JobStatus status(NodeJobView job, FrameSet delivered, boolean ended) {
        return JobStatus.of(
                        job.id(),
                        job.pid(),
                        ended ? WireJobState.valueOf(job.state().name()) : WireJobState.RUNNING,
                        job.frames(),
                        new BatchProgress(
                                delivered,
                                job.currentFrame(),
                                job.sample(),
                                job.samples(),
                                job.secondsPerFrame(),
                                job.timeLeft(),
                                job.warnings(),
                                job.scene()),
                        new JobStatus.Times(job.acceptedAt(), job.startedAt(), ended ? job.endedAt() : null),
                        ended ? job.failure() : null,
                        job.job() == null ? null : job.job().value(),
                        job.batch() == null ? null : job.batch().value())
                .withRun(job.run());
    }
}
