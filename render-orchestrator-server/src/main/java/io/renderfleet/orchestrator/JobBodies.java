package io.renderfleet.orchestrator;

import io.renderfleet.core.NodeRegistry;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.transport.http.wire.FailureBody;
import io.renderfleet.transport.http.wire.NodeList;
import io.renderfleet.transport.http.wire.OrchestratorJob;
import io.renderfleet.transport.http.wire.OrchestratorJob.BatchEntry;
import io.renderfleet.transport.http.wire.WaitingBody;
import io.renderfleet.transport.http.wire.WarningBody;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Says how jobs and nodes travel. */
final class JobBodies {
    private JobBodies() {}

    /** Everything about a job. */
    static OrchestratorJob whole(RenderJob job) {
        return body(job, job.batches().stream().map(JobBodies::batch).toList());
    }

    /** A job in a list, without its batches. */
    static OrchestratorJob brief(RenderJob job) {
        return body(job, null);
    }

    private static OrchestratorJob body(RenderJob job, @Nullable List<BatchEntry> batches) {
        Failure failure = job.failure();
        return new OrchestratorJob(
                job.id().value(),
                job.request().name().orElse(null),
                job.request().owner().orElse(null),
                job.state().wireName(),
                job.status(),
                job.request().frames().toString(),
                job.accepted().toString(),
                job.failed().toString(),
                job.unverified().toString(),
                job.priority(),
                rounded(job.progress()),
                rounded(job.framesPerSecond()),
                seconds(job.timeLeft()),
                job.submittedAt(),
                job.endedAt(),
                failure == null ? null : FailureBody.of(failure),
                job.request().renderer().orElse(null),
                WarningBody.of(job.warnings()),
                job.frameRate() == null ? null : job.frameRate().toString(),
                job.baked() != null,
                batches,
                WaitingBody.of(job.waitingFor()));
    }

    private static BatchEntry batch(Batch batch) {
        return new BatchEntry(
                batch.id().value(),
                batch.frames().toString(),
                batch.state().name().toLowerCase(Locale.ROOT),
                batch.node() == null ? null : batch.node().value(),
                batch.attempt(),
                batch.progress().finished().toString());
    }

    static NodeList nodes(NodeRegistry nodes) {
        return new NodeList(
                nodes.list().stream().map(JobBodies::node).toList(),
                nodes.discoveries().stream()
                        .map(place -> new NodeList.Discovery(place.source(), place.nodes(), place.trouble()))
                        .toList());
    }

    static NodeList.Entry node(FarmNode node) {
        NodeDescription told = node.description();
        return new NodeList.Entry(
                told == null ? null : told.id().value(),
                node.address().toString(),
                node.state().wireName(),
                node.slots(),
                node.busy(),
                told == null ? null : new TreeMap<>(told.labels()),
                told == null ? null : told.version(),
                node.lastSeenAt(),
                rounded(node.framesPerSecond()),
                node.failures(),
                node.trouble());
    }

    private static @Nullable Double rounded(@Nullable Double value) {
        return value == null ? null : Math.rint(value * 1000) / 1000;
    }

    private static @Nullable Double seconds(@Nullable Duration time) {
        return time == null ? null : time.toMillis() / 1000.0;
    }
}
