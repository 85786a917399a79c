package io.renderfleet.orchestrator;

import io.renderfleet.auth.Role;
import io.renderfleet.core.NodeRegistry;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.BodyLimit;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import io.renderfleet.transport.http.wire.NodeLease;
import io.renderfleet.transport.http.wire.NodeOffer;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Wire;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** {@code /nodes}: who renders, and how nodes come and go. */
final class NodeEndpoints {
    private static final BodyLimit LIMIT = BodyLimit.small(Wire.MAX_REQUEST_BYTES);
    private static final Duration FULL_PAUSE = Duration.ofSeconds(60);
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(5);

    private final NodeRegistry nodes;
    private final NodeKeys keys;
    private final Registrations registrations;
    private final NodeUrls allowed;
    private final Executor lookups;

    /**
     * @param nodes which there are
     * @param keys how to get into them
     * @param registrations those that registered themselves
     * @param allowed at which URLs they may
     * @param lookups for asking for addresses of names, which takes as long as it takes
     */
    NodeEndpoints(NodeRegistry nodes, NodeKeys keys, Registrations registrations, NodeUrls allowed, Executor lookups) {
        this.nodes = nodes;
        this.keys = keys;
        this.registrations = registrations;
        this.allowed = allowed;
        this.lookups = lookups;
    }

    void addTo(Router.Builder router) {
        router.route(
                        "GET",
                        "/nodes",
                        call -> Answer.json(200, JobBodies.nodes(nodes)).now())
                .route("GET", "/nodes/{id}", call -> shown(id(call)).now())
                .route("PUT", "/nodes/{id}", this::register)
                .route("DELETE", "/nodes/{id}", call -> leave(call).now())
                .route(
                        "POST",
                        "/nodes/{id}/drain",
                        call -> drain(id(call), true).now())
                .route(
                        "POST",
                        "/nodes/{id}/resume",
                        call -> drain(id(call), false).now());
    }

    private CompletionStage<Answer> register(Call call) {
        NodeId id = id(call);
        requireSelf(call, id);
        InetAddress caller = addressOf(call);
        return call.json(LIMIT)
                .thenCompose(body -> {
                    NodeOffer offer = RenderEndpoint.read(Wire.readOffer(body));
                    if (!offer.node().id().equals(id)) {
                        throw new RefusedException(Problem.of(
                                        ProblemType.INVALID_REQUEST,
                                        "id is '" + offer.node().id() + "': it must be that of the path, '" + id + "'.")
                                .withField("id"));
                    }
                    return registrations.isKnown(offer)
                            ? registered(offer, isSelf(call, id), null)
                            : checked(offer, caller, isSelf(call, id));
                })
                .thenApply(answer -> {
                    if (answer.status() == 200) {
                        // A lease that is renewed, every few seconds by every node.
                        call.routine();
                    }
                    return answer;
                });
    }

    private CompletionStage<Answer> checked(NodeOffer offer, InetAddress caller, boolean self) {
        try {
            return CompletableFuture.supplyAsync(
                            () -> allowed.allowed(offer.url(), caller)
                                    .orElseThrow(() -> new RefusedException(Problem.of(
                                                    ProblemType.FORBIDDEN,
                                                    "No node may register at " + offer.url() + " from "
                                                            + caller.getHostAddress()
                                                            + ": --node-url-allow of the orchestrator says where.")
                                            .withField("url"))),
                            lookups)
                    .thenCompose(addresses -> registered(offer, self, addresses));
        } catch (RejectedExecutionException busy) {
            return Answer.problem(
                            Problem.of(ProblemType.TABLE_FULL, "Too many nodes register at once: try again soon."))
                    .retryAfter(BUSY_PAUSE)
                    .now();
        }
    }

    private CompletionStage<Answer> registered(NodeOffer offer, boolean self, @Nullable List<InetAddress> addresses) {
        Registrations.Result result = registrations.register(offer, self, addresses);
        // The node gives up its last key for what it is told here, so that has to be true after a take-over, too.
        return result.kept()
                .handle((kept, problem) -> problem == null
                        ? answer(result.outcome(), offer)
                        : Answer.problem(Problem.of(
                                        ProblemType.STORE_DOWN,
                                        "The node's key cannot be kept just now: try again soon."))
                                .retryAfter(BUSY_PAUSE));
    }

    private Answer answer(Registrations.Outcome outcome, NodeOffer offer) {
        NodeId id = offer.node().id();
        return switch (outcome) {
            case REGISTERED -> lease(201, offer);
            case RENEWED -> lease(200, offer);
            case ID_TAKEN ->
                Answer.problem(Problem.of(
                                        ProblemType.NODE_ID_TAKEN,
                                        "A node " + id
                                                + " answers at another URL: stop it, or choose another --node-id.")
                                .withField("id"))
                        .retryAfter(registrations.lease());
            case KEY_TAKEN ->
                Answer.problem(Problem.of(
                                        ProblemType.NODE_ID_TAKEN,
                                        "A node " + id + " with another key answers there: stop it, or register with a"
                                                + " token for this node alone.")
                                .withField("key"))
                        .retryAfter(registrations.lease());
            case FULL ->
                Answer.problem(Problem.of(ProblemType.TABLE_FULL, "As many nodes are known as may be."))
                        .retryAfter(FULL_PAUSE);
        };
    }

    private Answer lease(int status, NodeOffer offer) {
        String state = registrations.stateOf(offer);
        return Answer.json(status, NodeLease.of(offer.node().id().value(), offer.url(), state, registrations.lease()));
    }

    private Answer leave(Call call) {
        NodeId id = id(call);
        requireSelf(call, id);
        boolean left = registrations.leave(id);
        if (isOperator(call)) {
            if (!left) {
                Optional<FarmNode> listed = nodes.of(id);
                left = listed.isPresent() && nodes.remove(listed.get().address());
            }
            // What an operator removes must not come back by what it knows.
            left |= keys.remove(id);
        }
        if (!left) {
            throw unknown(id);
        }
        return Answer.empty(204);
    }

    private Answer drain(NodeId id, boolean drain) {
        boolean known = drain ? nodes.drain(id) : nodes.undrain(id);
        if (!known) {
            throw unknown(id);
        }
        return shown(id);
    }

    private Answer shown(NodeId id) {
        return Answer.json(200, JobBodies.node(nodes.of(id).orElseThrow(() -> unknown(id))));
    }

    private static NodeId id(Call call) {
        try {
            return new NodeId(call.path("id"));
        } catch (IllegalArgumentException wrong) {
            throw new RefusedException(Problem.of(ProblemType.INVALID_REQUEST, String.valueOf(wrong.getMessage()))
                    .withField("id"));
        }
    }

    /** A node whose token names it may speak for itself only. */
    private static void requireSelf(Call call, NodeId id) {
        String name = call.caller().owner();
        if (!isOperator(call) && name != null && !name.equals(id.value())) {
            throw new RefusedException(
                    ProblemType.FORBIDDEN, "This token is for node " + name + ", not for " + id + ".");
        }
    }

    /** Whether the caller's token is for this node alone, or for somebody who may speak for all. */
    private static boolean isSelf(Call call, NodeId id) {
        return isOperator(call) || id.value().equals(call.caller().owner());
    }

    private static boolean isOperator(Call call) {
        return call.caller().roles().contains(Role.OPERATOR.wireName());
    }

    private static InetAddress addressOf(Call call) {
        try {
            return InetAddress.getByName(call.client());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("the caller's address is no address: " + call.client(), impossible);
        }
    }

    private static RefusedException unknown(NodeId id) {
        return new RefusedException(ProblemType.NOT_FOUND, "No node " + id + " is known.");
    }
}
