package io.renderfleet.node.server;

import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.http.server.RateLimiter;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.node.RateGate;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How often each client may call. */
final class Clients {
    private final @Nullable RateLimiter limiter;

    /**
     * @param limiter counts, or null for no limit
     */
    Clients(@Nullable RateLimiter limiter) {
        this.limiter = limiter;
    }

    /** An endpoint each of whose calls counts. */
    Endpoint counted(Endpoint endpoint) {
        return call -> {
            Optional<RateLimiter.Verdict> verdict = take(call);
            if (verdict.isPresent() && !verdict.get().allowed()) {
                return verdict.get().refusal().now();
            }
            CompletionStage<Answer> answer = endpoint.answer(call);
            return verdict.isEmpty() ? answer : answer.thenApply(verdict.get()::on);
        };
    }

    /** Counts a poll once it turns out that it is not held. */
    UnaryOperator<Answer> prompt(Call call) {
        return answer -> take(call)
                .map(verdict -> verdict.allowed() ? verdict.on(answer) : verdict.refusal())
                .orElse(answer);
    }

    /** Counts a submit where the node says that it is time to. */
    Ticket ticket(Call call) {
        return new Ticket(call);
    }

    private Optional<RateLimiter.Verdict> take(Call call) {
        return limiter == null ? Optional.empty() : Optional.of(limiter.take(call.clientNetwork()));
    }

    /** The count of one submit. Used by one thread at a time. */
    final class Ticket {
        private final Call call;
        private volatile RateLimiter.@Nullable Verdict verdict;

        private Ticket(Call call) {
            this.call = call;
        }

        RateGate gate() {
            return () -> {
                verdict = take(call).orElse(null);
                RateLimiter.Verdict now = verdict;
                return now == null || now.allowed() ? Optional.empty() : Optional.of(now.reset());
            };
        }

        /** Counts a request that is wrong by itself, so that nonsense is not free. */
        Answer wrong(RefusedException refused) {
            return wrong(refused.answer());
        }

        /** Counts a request that is wrong because of what was there before it. */
        Answer wrong(Answer answer) {
            return prompt(call).apply(answer);
        }

        Answer on(Answer answer) {
            RateLimiter.Verdict now = verdict;
            return now == null ? answer : now.on(answer);
        }

        Answer refusal() {
            RateLimiter.Verdict now = verdict;
            if (now == null) {
                throw new IllegalStateException("nobody was refused");
            }
            return now.refusal();
        }
    }
}
