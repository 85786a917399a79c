package io.renderfleet.node;

import io.renderfleet.node.journal.JobRecord;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A job as its journal begins, and back. */
final class JobRecords {
    private JobRecords() {}

    static JobRecord of(NodeJob job, JobFolder folder, Path outputRoot) {
        NodeJobRequest request = job.request();
        SubmitContext context = job.context();
        return new JobRecord(
                job.id(),
                job.pid(),
                job.acceptedAt(),
                context.key(),
                context.attempt(),
                context.traceparent(),
                request.frames(),
                request.scene(),
                request.output(),
                request.settings(),
                request.renderer(),
                request.scenePolicy(),
                request.timeout(),
                request.job(),
                request.batch(),
                relative(outputRoot, folder.published()),
                String.valueOf(relative(outputRoot, folder.attempt())));
    }

    static NodeJobRequest request(JobRecord record) {
        return new NodeJobRequest(
                record.frames(),
                record.scene(),
                record.output(),
                record.settings(),
                record.renderer(),
                record.scenePolicy(),
                record.timeout(),
                record.job(),
                record.batch());
    }

    static SubmitContext context(JobRecord record) {
        return new SubmitContext(record.key(), record.attempt(), record.traceparent());
    }

    private static @Nullable String relative(Path root, @Nullable Path folder) {
        return folder == null ? null : root.relativize(folder).toString().replace('\\', '/');
    }
}
