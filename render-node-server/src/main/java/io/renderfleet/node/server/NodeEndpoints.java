package io.renderfleet.node.server;

import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Router;
import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.wire.NodeInfo;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What the node says of itself. */
final class NodeEndpoints {
    private static final Duration DRAINED_FOR = Duration.ofSeconds(60);

    private final RenderNode node;
    private final Clients clients;

    NodeEndpoints(RenderNode node, Clients clients) {
        this.node = node;
        this.clients = clients;
    }

    void addTo(Router.Builder routes) {
        routes.route(
                "GET", "/node", clients.counted(call -> Answer.json(200, info()).now()));
        addHealthTo(routes);
    }

    void addHealthTo(Router.Builder routes) {
        routes.open("GET", "/health/live", call -> health("live")).open("GET", "/health/ready", this::ready);
    }

    private NodeInfo info() {
        NodeInfo info = NodeInfo.of(node.describe());
        return node.sandbox()
                .map(sandbox -> info.shutInBy(sandbox.name(), sandbox.reason()))
                .orElse(info);
    }

    private CompletionStage<Answer> ready(Call call) {
        return node.describe().draining()
                ? Answer.problem(Problem.of(ProblemType.DRAINING, "The node finishes what it has and takes no more."))
                        .retryAfter(DRAINED_FOR)
                        .now()
                : health("ready");
    }

    private static CompletionStage<Answer> health(String word) {
        return Answer.either(200, Map.of("status", word), word, Representation.JSON)
                .now();
    }
}
