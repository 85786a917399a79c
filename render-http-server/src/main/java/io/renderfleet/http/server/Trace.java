package io.renderfleet.http.server;

import io.renderfleet.core.log.LogContext;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Ties the log lines of a call together: by the caller's own trace where it sent one ({@code traceparent}, W3C Trace Context),
 * else by an id that is made here.
 *
 * @param id 32 hexadecimal digits
 * @param parent the header to pass on, or null if the caller sent none that is valid
 */
public record Trace(String id, @Nullable String parent) {
    /** The MDC key under which log lines show {@link #id()}. */
    public static final String MDC_KEY = LogContext.TRACE;

    private static final Pattern PARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.{0,200})?");

    private static final int LENGTH = 55;

    /** The parent id of what no span of the caller's stands above. */
    private static final String BEGINNING = "0000000000000001";

    static Trace of(HttpFields headers, Supplier<String> ids) {
        String parent = headers.get("traceparent");
        if (parent != null) {
            Matcher matcher = PARENT.matcher(parent);
            if (matcher.matches()) {
                return new Trace(matcher.group(1), parent);
            }
        }
        return new Trace(ids.get(), null);
    }

    /**
     * Returns the header to pass on.
     *
     * @return the caller's own, if it sent one
     */
    public Optional<String> header() {
        return Optional.ofNullable(parent);
    }

    /**
     * Returns the context under which what the call causes goes on: the caller's own, or one that begins with {@link #id}.
     *
     * @return the header of W3C Trace Context, of version 00
     */
    public String context() {
        return parent == null ? "00-" + id + "-" + BEGINNING + "-01" : "00" + parent.substring(2, LENGTH);
    }

    /** Runs something whose log lines on this thread show the id. */
    void inLogs(Runnable work) {
        String outer = showId();
        try {
            work.run();
        } finally {
            showAgain(outer);
        }
    }

    /** Computes something, and the log lines of that on this thread show the id. */
    <T> T inLogsOf(Supplier<T> work) {
        String outer = showId();
        try {
            return work.get();
        } finally {
            showAgain(outer);
        }
    }

    private @Nullable String showId() {
        String outer = MDC.get(MDC_KEY);
        MDC.put(MDC_KEY, id);
        return outer;
    }

    private static void showAgain(@Nullable String outer) {
        if (outer == null) {
            MDC.remove(MDC_KEY);
        } else {
            MDC.put(MDC_KEY, outer);
        }
    }
}
