package io.renderfleet.node;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The ids that stand in every log line about one job, whichever thread writes it: {@code job}, {@code batch}, {@code attempt} and
 * {@code trace} in SLF4J's mapped diagnostic context. Immutable.
 */
final class LogContext {
    /** Version, trace id, parent id and flags (W3C Trace Context, section 3.2.2); the trace id is the second of them. */
    private static final int TRACE_BEGIN = 3;

    private static final int TRACE_END = 35;

    private final Map<String, String> values = new LinkedHashMap<>();

    private LogContext() {}

    static LogContext of(String id, NodeJobRequest request, SubmitContext context) {
        LogContext made = new LogContext();
        made.put("job", request.job() == null ? id : request.job());
        made.put("batch", request.batch());
        made.put("attempt", context.attempt());
        String parent = context.traceparent();
        made.put(
                "trace",
                parent == null || parent.length() < TRACE_END ? null : parent.substring(TRACE_BEGIN, TRACE_END));
        return made;
    }

    private void put(String key, @Nullable Object value) {
        if (value != null) {
            values.put(key, value.toString());
        }
    }

    /** Does something on this thread with these ids, and leaves the thread with those that it had. */
    void within(Runnable work) {
        Map<String, @Nullable String> before = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            before.put(key, MDC.get(key));
            MDC.put(key, value);
        });
        try {
            work.run();
        } finally {
            before.forEach((key, value) -> {
                if (value == null) {
                    MDC.remove(key);
                } else {
                    MDC.put(key, value);
                }
            });
        }
    }
}
