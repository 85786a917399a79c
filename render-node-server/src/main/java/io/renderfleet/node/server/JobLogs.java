package io.renderfleet.node.server;

import io.renderfleet.core.model.Failure;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.time.Registration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What the program's log tells of jobs, and the names in those lines. */
final class JobLogs {
    private static final Logger LOG = LoggerFactory.getLogger(JobLogs.class);

    private JobLogs() {}

    /** Runs something whose log lines on this thread name the job, the batch and the attempt. */
    static void within(NodeJobView job, Runnable work) {
        put("job", job.job() == null ? job.id() : job.job());
        put("batch", job.batch());
        put("attempt", job.attempt());
        try {
            work.run();
        } finally {
            MDC.remove("job");
            MDC.remove("batch");
            MDC.remove("attempt");
        }
    }

    /** Logs that a job was taken, and its end when that comes. */
    static void taken(RenderNode node, NodeJobView job) {
        within(job, () -> LOG.info("Job {} (pid {}) takes frames {}", job.id(), job.pid(), job.frames()));
        Optional<Registration> untilEnd = node.onChange(job.id(), job.version(), true, JobLogs::ended);
        if (untilEnd.isEmpty()) {
            LOG.warn("Job {} was forgotten as soon as it was taken", job.id());
        }
    }

    private static void ended(NodeJobView job) {
        Failure failure = job.failure();
        within(
                job,
                () -> LOG.info(
                        "Job {} has ended: {}; frames {} are finished{}",
                        job.id(),
                        job.state().wireName(),
                        job.finished().isEmpty() ? "(none)" : job.finished(),
                        failure == null ? "" : "; " + failure.kind() + ": " + failure.message()));
    }

    private static void put(String key, @Nullable Object value) {
        if (value != null) {
            MDC.put(key, value.toString());
        }
    }
}
