package io.renderfleet.http.server;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Answers the calls of one route.
 *
 * <p>Called on one of Jetty's threads. It may do short work there, such as reading a file's attributes; whatever waits (for a body, a
 * change, a store) completes the stage later and holds no thread meanwhile. A {@link RefusedException}, thrown or as the stage's
 * failure, is an answer; anything else is logged and becomes a 500 that says nothing about it. Thread-safe.
 */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers a call.
     *
     * @param call what is asked
     * @return the answer, or its failure
     */
    CompletionStage<Answer> answer(Call call);

    /**
     * Lets only callers of some role in; others get 403.
     *
     * @param role what {@link Caller#roles()} must contain
     * @return an endpoint that checks first
     */
    default Endpoint onlyFor(String role) {
        return call -> {
            if (!call.caller().roles().contains(role)) {
                throw RefusedException.needing(Set.of(role));
            }
            return answer(call);
        };
    }
}
