package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Router;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.util.Map;

/** The farm as a whole: its nodes, and whether it works. */
final class FarmEndpoints {
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final RenderExecutor farm;

    FarmEndpoints(RenderExecutor farm) {
        this.farm = farm;
    }

    void addHealthTo(Router.Builder router) {
        router.open(
                        "GET",
                        "/health/live",
                        call -> Answer.json(200, Map.of("status", "live")).now())
                .open("GET", "/health/ready", call -> ready().now());
    }

    private Answer ready() {
        return farm.isReady()
                ? Answer.json(200, Map.of("status", "ready"))
                : Answer.problem(Problem.of(ProblemType.STORE_DOWN, "Jobs cannot be taken in just now."))
                        .retryAfter(PAUSE);
    }
}
