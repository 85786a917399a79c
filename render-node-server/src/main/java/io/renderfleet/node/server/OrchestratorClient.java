package io.renderfleet.node.server;

import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.http.BoundedBody;
import io.renderfleet.transport.http.NoAnswer;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.RetryAfter;
import io.renderfleet.transport.http.tls.WatchedTls;
import io.renderfleet.transport.http.wire.NodeBody;
import io.renderfleet.transport.http.wire.NodeLease;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls orchestrators to register a node, and to end its registration. Thread-safe. */
final class OrchestratorClient {
    /** For the time that a node counts as there if the orchestrator does not say. */
    private static final Duration USUAL_LEASE = Duration.ofSeconds(15);

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(4);
    private static final int LIMIT = 64 << 10;

    private final RenderNode node;
    private final URI advertised;
    private final KnownOrchestrators orchestrators;
    private final Credentials credentials;
    private final Supplier<Instant> now;
    private final HttpClient client;

    /**
     * What a node shows to orchestrators.
     *
     * @param token with which it registers first; null where they want none
     * @param key by which orchestrators get into the node, and with which it renews; null where the node lets everybody in
     * @param tls whom the node trusts, and its certificate; null for whom Java trusts, and none
     */
    record Credentials(
            @Nullable String token,
            @Nullable NodeKey key,
            @Nullable WatchedTls tls) {}

    OrchestratorClient(
            RenderNode node,
            URI advertised,
            KnownOrchestrators orchestrators,
            Credentials credentials,
            Supplier<Instant> now) {
        this.node = node;
        this.advertised = advertised;
        this.orchestrators = orchestrators;
        this.credentials = credentials;
        this.now = now;
        this.client =
                WatchedTls.client(credentials.tls()).connectTimeout(CONNECT).build();
    }

    /** The path under which every orchestrator knows the node. */
    String path() {
        return "/nodes/" + node.id();
    }

    /** Registers, or renews the lease. Never completes exceptionally. */
    CompletableFuture<RegistrationAnswer> register(int orchestrator) {
        NodeKey key = credentials.key();
        String offered = key == null ? null : key.offered(now.get());
        byte[] body = Wire.write(NodeBody.of(advertised, node.describe(), offered));
        return send(request(orchestrator)
                        .header(Headers.CONTENT_TYPE, Headers.JSON)
                        .PUT(BodyPublishers.ofByteArray(body)))
                .thenApply(answer -> {
                    if (key != null && offered != null && answer instanceof RegistrationAnswer.Registered) {
                        key.taken(offered, now.get());
                    }
                    return answer;
                });
    }

    /** Leaves. Never completes exceptionally. */
    CompletableFuture<RegistrationAnswer> leave(int orchestrator) {
        return send(request(orchestrator).DELETE());
    }

    private HttpRequest.Builder request(int orchestrator) {
        return HttpRequest.newBuilder(orchestrators.at(orchestrator, path())).timeout(ANSWER);
    }

    /** The node's key counts first; where nobody knows it any more, the token has to do. */
    private CompletableFuture<RegistrationAnswer> send(HttpRequest.Builder request) {
        NodeKey key = credentials.key();
        Optional<String> told = key == null ? Optional.empty() : key.told();
        if (key == null || told.isEmpty()) {
            return send(request, credentials.token());
        }
        return call(request, told.get()).thenCompose(reply -> {
            if (reply.status() != 401 || credentials.token() == null) {
                return CompletableFuture.completedFuture(reply.answer());
            }
            key.forgotten();
            return send(request, credentials.token());
        });
    }

    private CompletableFuture<RegistrationAnswer> send(HttpRequest.Builder request, @Nullable String bearer) {
        return call(request, bearer).thenApply(Reply::answer);
    }

    /**
     * What came back.
     *
     * @param status 0 where nothing came
     * @param answer what it means
     */
    private record Reply(int status, RegistrationAnswer answer) {}

    private CompletableFuture<Reply> call(HttpRequest.Builder request, @Nullable String bearer) {
        HttpRequest.Builder signed = request.copy();
        if (bearer != null) {
            signed.setHeader(Headers.AUTHORIZATION, "Bearer " + bearer);
        }
        return client.sendAsync(signed.build(), BoundedBody.upTo(LIMIT))
                .orTimeout(ANSWER.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, failure) -> failure == null
                        ? new Reply(response.statusCode(), read(response))
                        : new Reply(0, new RegistrationAnswer.Unavailable(NoAnswer.reason(failure))));
    }

    private RegistrationAnswer read(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status == 200 || status == 201) {
            return Wire.readAnswer(response.body(), NodeLease.class)
                    .<RegistrationAnswer>map(lease -> new RegistrationAnswer.Registered(
                            Objects.requireNonNullElse(lease.state(), "unknown"), lease.lease(USUAL_LEASE)))
                    .orElseGet(() -> new RegistrationAnswer.Unavailable("what answers there is no orchestrator"));
        }
        if (status == 307) {
            return new RegistrationAnswer.Elsewhere(
                    response.headers().firstValue(Headers.LOCATION).orElse(""));
        }
        String why = Wire.readAnswer(response.body(), Problem.class)
                .map(Problem::detail)
                .map(detail -> detail.replaceAll("\\p{Cntrl}", " "))
                .orElse("status " + status);
        boolean passing = status == 429 || status >= 500;
        return passing
                ? new RegistrationAnswer.Unavailable(why)
                : new RegistrationAnswer.Refused(
                        why,
                        RetryAfter.parse(
                                        response.headers()
                                                .firstValue(Headers.RETRY_AFTER)
                                                .orElse(null),
                                        now.get())
                                .orElse(null));
    }
}
