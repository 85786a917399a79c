package io.renderfleet.node.server;

import io.renderfleet.node.NodeJobView;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Puts the names of a job into its log lines. */
final class JobLogs {
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

    private static void put(String key, @Nullable Object value) {
        if (value != null) {
            MDC.put(key, value.toString());
        }
    }
}
