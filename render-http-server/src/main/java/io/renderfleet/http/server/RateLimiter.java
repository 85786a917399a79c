package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts the calls of each client: a bucket of tokens that fills steadily. Of more than ten thousand clients, those that were silent
 * longest are forgotten, which does them no harm. Thread-safe.
 */
public final class RateLimiter {
    private static final int MAX_CLIENTS = 10_000;

    private final RateLimit limit;
    private final LongSupplier nanoTime;
    private final double tokensPerNano;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_CLIENTS;
        }
    };

    /**
     * Starts with no client known.
     *
     * @param limit for each client
     * @param nanoTime the clock, such as {@link System#nanoTime}
     */
    public RateLimiter(RateLimit limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.tokensPerNano = (double) limit.calls() / limit.window().toNanos();
    }

    /**
     * Counts a call.
     *
     * @param client who makes it
     * @return whether it is within the limit
     */
    public synchronized Verdict take(String client) {
        long now = nanoTime.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(client, name -> new Bucket(limit.calls(), now));
        bucket.tokens = Math.min(limit.calls(), bucket.tokens + (now - bucket.asOf) * tokensPerNano);
        bucket.asOf = now;
        boolean allowed = bucket.tokens >= 1;
        if (allowed) {
            bucket.tokens -= 1;
        }
        double missing = allowed ? limit.calls() - bucket.tokens : 1 - bucket.tokens;
        return new Verdict(limit, allowed, (int) bucket.tokens, Duration.ofNanos((long) (missing / tokensPerNano)));
    }

    /** Whether a client's next call would be over the limit. Counts nothing. */
    synchronized boolean isExhausted(String client) {
        Bucket bucket = buckets.get(client);
        return bucket != null && bucket.tokens + (nanoTime.getAsLong() - bucket.asOf) * tokensPerNano < 1;
    }

    private static final class Bucket {
        private double tokens;
        private long asOf;

        Bucket(double tokens, long asOf) {
            this.tokens = tokens;
            this.asOf = asOf;
        }
    }

    /**
     * What came of counting a call.
     *
     * @param limit that was applied
     * @param allowed whether the call is within it
     * @param remaining how many more are, right now
     * @param reset until when: the bucket is full again, or (where it was not allowed) holds one call
     */
    public record Verdict(RateLimit limit, boolean allowed, int remaining, Duration reset) {
        /**
         * Adds what the client has left (the {@code RateLimit} fields of the IETF's HTTPAPI working group).
         *
         * @param answer to its call
         * @return the answer with the fields
         */
        public Answer on(Answer answer) {
            long seconds = (reset.toMillis() + 999) / 1000;
            return answer.with(
                            "RateLimit-Policy",
                            "\"client\";q=" + limit.calls() + ";w="
                                    + limit.window().toSeconds())
                    .with("RateLimit", "\"client\";r=" + remaining + ";t=" + seconds);
        }

        /**
         * Makes the answer to a call that is not allowed.
         *
         * @return 429 with {@code Retry-After} and the fields
         */
        public Answer refusal() {
            return refusal("At most " + limit.calls() + " calls in "
                    + limit.window().toSeconds() + " s are taken from one client.");
        }

        /** The same with other words. */
        Answer refusal(String detail) {
            return on(
                    Answer.problem(Problem.of(ProblemType.RATE_LIMITED, detail)).retryAfter(reset));
        }
    }
}
