package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.policy.RetryPolicy;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Whether something is tried again")
class RetryDecisionTest {
    private static final Failure PASSING = Failure.of(FailureKind.CRASHED, "It crashed.");
    private static final Failure LASTING = Failure.of(FailureKind.INVALID_REQUEST, "It is wrong.");

    private final RetryPolicy policy = RetryPolicy.ofDefaults();
    private final RetryDecision decision = new RetryDecision(policy, new SplittableRandom(1));

    RetryDecisionTest() {}

    @Test
    @DisplayName("is so until there were as many tries as the policy has")
    void tries() {
        for (int tries = 1; tries < policy.maxAttempts(); tries++) {
            assertThat(decision.delay(tries, PASSING))
                    .as("after %d tries", tries)
                    .isNotNull();
        }
        assertThat(decision.delay(policy.maxAttempts(), PASSING)).isNull();
        assertThat(decision.delay(policy.maxAttempts() + 1, PASSING)).isNull();
    }

    @Test
    @DisplayName("is never so where the request is at fault")
    void requestAtFault() {
        assertThat(decision.delay(1, LASTING)).isNull();
    }

    @Test
    @DisplayName("waits longer each time, up to the longest wait, spread downwards")
    void waits() {
        double expected = policy.firstDelay().toNanos();
        for (int failures = 1; failures <= 100; failures++) {
            double longest = Math.min(expected, (double) policy.maxDelay().toNanos());
            long nanos = decision.waitAfter(failures).toNanos();
            assertThat((double) nanos)
                    .as("after %d failures", failures)
                    .isBetween(longest * (1 - policy.jitter()) - 1e6, longest);
            expected *= policy.factor();
        }
        assertThat(decision.waitAfter(0)).isLessThanOrEqualTo(policy.firstDelay());
    }

    @Test
    @DisplayName("gives the same waits for the same seed")
    void repeatable() {
        RetryDecision one = new RetryDecision(policy, new SplittableRandom(7));
        RetryDecision other = new RetryDecision(policy, new SplittableRandom(7));

        for (int failures = 1; failures < 20; failures++) {
            assertThat(one.waitAfter(failures)).isEqualTo(other.waitAfter(failures));
        }
    }

    @Test
    @DisplayName("waits as long as a node asks for, and a growing time where it does not say")
    void retryAfter() {
        assertThat(decision.waitFor(Duration.ofSeconds(77), 3)).isEqualTo(Duration.ofSeconds(77));
        assertThat(decision.waitFor(Duration.ZERO, 3)).isEqualTo(Duration.ZERO);

        double sixth = policy.firstDelay().toNanos() * Math.pow(policy.factor(), 5);
        double longest = Math.min(sixth, (double) policy.maxDelay().toNanos());
        assertThat((double) decision.waitFor(null, 1_000).toNanos())
                .as("grows six times and no more")
                .isBetween(longest * (1 - policy.jitter()) - 1e6, longest);
    }
}
