package io.renderfleet.core.log;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Ids that stand in log lines, in SLF4J's mapped diagnostic context: {@link #JOB}, {@link #BATCH}, {@link #ATTEMPT}, {@link #NODE},
 * {@link #OWNER}, {@link #TRACE} and {@link #SPAN}. The names of the last two are those of the Elastic Common Schema.
 *
 * <p>Immutable.
 */
public final class LogContext {
    /** The id of a job of the farm. */
    public static final String JOB = "job";

    /** The id of a batch in its job. */
    public static final String BATCH = "batch";

    /** The attempt, such as {@code f-1/1/7}. */
    public static final String ATTEMPT = "attempt";

    /** The id of the node that renders, or its address while it has not said its id. */
    public static final String NODE = "node";

    /** Whose job it is. */
    public static final String OWNER = "owner";

    /** The trace, 32 hexadecimal digits. */
    public static final String TRACE = "trace.id";

    /** What in the trace caused it, 16 hexadecimal digits. */
    public static final String SPAN = "span.id";

    /** A header of W3C Trace Context is version, trace id, parent id and flags, with hyphens between them (section 3.2.2). */
    private static final int TRACE_BEGIN = 3;

    private static final int TRACE_END = 35;
    private static final int SPAN_BEGIN = 36;
    private static final int SPAN_END = 52;

    private static final LogContext EMPTY = new LogContext(Map.of());

    private final Map<String, String> values;

    private LogContext(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Returns the context without ids.
     *
     * @return one to begin with
     */
    public static LogContext empty() {
        return EMPTY;
    }

    /**
     * Adds an id.
     *
     * @param key one of the constants
     * @param value the id, or null for none
     * @return a changed copy; this one where there is no id
     */
    public LogContext with(String key, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(key, value.toString());
        return new LogContext(changed);
    }

    /**
     * Adds the ids of a trace.
     *
     * @param traceparent a header of W3C Trace Context, or null; one that is too short is left out
     * @return a changed copy
     */
    public LogContext traced(@Nullable String traceparent) {
        return traceparent == null || traceparent.length() < SPAN_END
                ? this
                : with(TRACE, traceparent.substring(TRACE_BEGIN, TRACE_END))
                        .with(SPAN, traceparent.substring(SPAN_BEGIN, SPAN_END));
    }

    /**
     * Does something on this thread with these ids, and leaves the thread with those that it had.
     *
     * @param work writes log lines
     */
    public void within(Runnable work) {
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
