package io.renderfleet.core.engine;

import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.RetryConfig;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.policy.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether something that failed is tried again, and after which interval. Of resilience4j it uses the configuration alone, which
 * holds the number of tries, the failures that may pass, and the interval. Timers and time are the loop's, and the randomness is injected:
 * resilience4j would wait on threads and clocks of its own, and then a seed would not give the same run.
 */
final class RetryDecision {
    private static final int MAX_GROWTH = 6;

    private final RetryConfig config;

    RetryDecision(RetryPolicy policy, RandomGenerator random) {
        this.config = RetryConfig.<Failure>custom()
                .maxAttempts(policy.maxAttempts())
                .retryOnResult(RetryDecision::isPassing)
                .intervalBiFunction(
                        (attempt, result) -> wait(policy, attempt, random).toMillis())
                .build();
    }

    /**
     * Says how long to wait before the next try.
     *
     * @param tries how many there were, the failed one included
     * @param failure how the last one failed
     * @return null if there is to be none
     */
    @Nullable Duration delay(int tries, Failure failure) {
        boolean again = tries < config.getMaxAttempts()
                && config.<Failure>getResultPredicate().test(failure);
        return again ? waitAfter(tries) : null;
    }

    /** How long to wait after so many failures in a row, without asking whether. */
    Duration waitAfter(int failures) {
        return Duration.ofMillis(config.getIntervalBiFunction().apply(Math.max(1, failures), Either.right(null)));
    }

    /** What a node names that wants fewer calls, or a wait that grows with each time that it names none. */
    Duration waitFor(@Nullable Duration retryAfter, int throttles) {
        return retryAfter == null ? waitAfter(Math.min(throttles, MAX_GROWTH)) : retryAfter;
    }

    private static boolean isPassing(Failure failure) {
        return failure.kind().blame() != FailureKind.Blame.REQUEST;
    }

    private static Duration wait(RetryPolicy policy, int attempt, RandomGenerator random) {
        double longest = policy.firstDelay().toNanos() * Math.pow(policy.factor(), Math.min(attempt - 1, 60));
        double capped = Math.min(longest, (double) policy.maxDelay().toNanos());
        return Duration.ofNanos((long) (capped * (1 - policy.jitter() * random.nextDouble())));
    }
}
