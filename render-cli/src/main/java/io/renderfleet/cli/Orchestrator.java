package io.renderfleet.cli;

import io.renderfleet.transport.http.NoAnswer;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.RetryAfter;
import io.renderfleet.transport.http.tls.WatchedTls;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls an orchestrator, or the next one that the user has named where it does not answer.
 *
 * <p>One that has never answered is given up at once, since then most likely the URL is wrong; after that, an orchestrator that is gone or
 * busy is waited for as long as the patience lasts. Every other error is a {@link StopException}. For one thread.
 */
final class Orchestrator {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration QUIET = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration BACKOFF = Duration.ofSeconds(2);
    private static final int SMALL = 64 << 20;
    private static final int PROBLEM = 64 << 10;

    private final Servers servers;
    private final Access access;
    private final Duration patience;
    private final Clock clock;
    private final Pause pause;
    private final HttpClient client;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "render-deadlines");
        thread.setDaemon(true);
        return thread;
    });
    private boolean reached;

    /**
     * @throws StopException if the token would cross a network in clear text
     */
    Orchestrator(Servers servers, Access access, Duration patience, Clock clock, Pause pause) {
        servers.forEach(server -> access.refusal(server).ifPresent(why -> {
            throw new StopException(ExitCode.USAGE, "--orchestrator is '" + server + "': " + why);
        }));
        this.servers = servers;
        this.access = access;
        this.client = WatchedTls.client(access.tls())
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        this.patience = patience;
        this.clock = clock;
        this.pause = pause;
    }

    /** Calls, and reads the answer as a record of the wire. */
    <T> T read(ApiCall ask, Class<T> type) {
        return body(send(ask.with(Headers.ACCEPT, Headers.JSON)), type);
    }

    /** Reads an answer as a record of the wire. */
    <T> T body(HttpResponse<InputStream> response, Class<T> type) {
        return Wire.readAnswer(bytes(response, SMALL), type)
                .orElseThrow(() -> new StopException(
                        ExitCode.UNREACHABLE,
                        "what answers at " + response.uri().getAuthority() + " is no orchestrator"));
    }

    /** Reads an answer as a whole. */
    byte[] bytes(HttpResponse<InputStream> response, int limit) {
        try (InputStream in = guarded(response, limit)) {
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new StopException(ExitCode.UNREACHABLE, "the answer broke off: " + reason(failure));
        }
    }

    /** The body of an answer with a deadline and a limit. */
    InputStream guarded(HttpResponse<InputStream> response, long limit) {
        return new StallGuard(response.body(), timer, QUIET, limit);
    }

    /** Calls; the answer's status is 2xx or expected. */
    HttpResponse<InputStream> send(ApiCall ask) {
        Instant failing = null;
        while (true) {
            Round round = round(ask);
            HttpResponse<InputStream> response = round.response();
            if (response != null && !isBusy(response)) {
                return checked(ask, response);
            }
            failing = failing == null ? clock.instant() : failing;
            Duration wait = response == null ? BACKOFF : retryAfter(response);
            boolean hopeless = !ask.patient() || !reached || round.failure() instanceof ElsewhereException;
            if (hopeless || clock.instant().plus(wait).isAfter(failing.plus(patience))) {
                throw response != null ? refusal(response) : unreachable(round.failure());
            }
            close(response);
            sleep(wait);
        }
    }

    /** How long an answer asks to wait. */
    Duration retryAfter(HttpResponse<?> response) {
        return RetryAfter.parse(
                        response.headers().firstValue(Headers.RETRY_AFTER).orElse(null), clock.instant())
                .orElse(BACKOFF);
    }

    void sleep(Duration time) {
        try {
            pause.sleep(time);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /**
     * What came of asking everybody once.
     *
     * @param response the answer, or null
     * @param failure why there is none
     */
    private record Round(
            @Nullable HttpResponse<InputStream> response,
            @Nullable IOException failure) {}

    private Round round(ApiCall ask) {
        IOException failure = null;
        HttpResponse<InputStream> busy = null;
        int redirects = 0;
        for (int turn = 0; turn < servers.size(); turn++) {
            URI server = servers.get(turn);
            try {
                HttpResponse<InputStream> response = exchange(server, ask);
                reached = true;
                if (response.statusCode() == 307 && redirects < servers.size()) {
                    String leader =
                            response.headers().firstValue(Headers.LOCATION).orElse("");
                    close(response);
                    if (!servers.prefer(leader)) {
                        failure = new ElsewhereException(
                                "it sends us to " + TerminalText.line(leader) + ", which --orchestrator does not name");
                        continue;
                    }
                    redirects++;
                    turn = -1;
                } else if (isBusy(response)) {
                    close(busy);
                    busy = response;
                } else {
                    close(busy);
                    servers.prefer(server);
                    return new Round(response, null);
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        return new Round(busy, failure);
    }

    /** Waiting does not help, naming the other one does. */
    private static final class ElsewhereException extends IOException {
        private static final long serialVersionUID = 1L;

        private ElsewhereException(String message) {
            super(message);
        }
    }

    private HttpResponse<InputStream> exchange(URI server, ApiCall ask) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + ask.path()));
        ask.headers().forEach(request::header);
        if (access.token() != null) {
            request.header(Headers.AUTHORIZATION, "Bearer " + access.token());
        }
        CallBody body = ask.body();
        request.method(ask.method(), body == null ? BodyPublishers.noBody() : body.publisher());
        if (!(body instanceof CallBody.Content)) {
            request.timeout(ANSWER.plus(ask.held()));
        }
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request.build(), BodyHandlers.ofInputStream());
        try {
            return body instanceof CallBody.Content content ? awaitUpload(answer, content) : answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw interrupted();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(reason(e), e);
        }
    }

    /** An upload may take as long as it likes while it moves. */
    private HttpResponse<InputStream> awaitUpload(
            CompletableFuture<HttpResponse<InputStream>> answer, CallBody.Content content)
            throws InterruptedException, ExecutionException, IOException {
        long before = -1;
        Instant moved = clock.instant();
        while (true) {
            try {
                HttpResponse<InputStream> response = answer.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                content.told().accept(content.sent().get());
                return response;
            } catch (TimeoutException notYet) {
                long now = content.sent().get();
                content.told().accept(now);
                if (now != before) {
                    before = now;
                    moved = clock.instant();
                } else if (clock.instant().isAfter(moved.plus(QUIET))) {
                    answer.cancel(true);
                    throw new IOException("nothing moved for " + QUIET.toSeconds() + " s");
                }
            }
        }
    }

    private static boolean isBusy(HttpResponse<?> response) {
        int status = response.statusCode();
        return status == 429 || status == 502 || status == 503 || status == 504;
    }

    private HttpResponse<InputStream> checked(ApiCall ask, HttpResponse<InputStream> response) {
        int status = response.statusCode();
        if (status / 100 == 2 || ask.expected().contains(status)) {
            return response;
        }
        throw refusal(response);
    }

    private StopException refusal(HttpResponse<InputStream> response) {
        int status = response.statusCode();
        Optional<Problem> problem = Wire.readAnswer(bytes(response, PROBLEM), Problem.class);
        String detail = problem.map(Problem::detail).map(TerminalText::line).orElse("status " + status);
        if (status == 500) {
            detail = "the orchestrator has failed at this. " + detail;
        }
        if (status == 403 && problem.isEmpty()) {
            // The answer to a HEAD has no words.
            detail = "the token does not allow that";
        }
        if (status == 401) {
            detail = (access.token() == null
                    ? "a token is needed: name its file by --token-file"
                    : "the token is not accepted");
        }
        ExitCode code = status == 404
                ? ExitCode.NOT_FOUND
                : status >= 500 && status != 507 ? ExitCode.UNREACHABLE : ExitCode.REFUSED;
        return new StopException(code, detail);
    }

    private StopException unreachable(@Nullable IOException failure) {
        String why = failure == null ? "" : " (" + reason(failure) + ")";
        return new StopException(ExitCode.UNREACHABLE, "no orchestrator answers at " + servers + why);
    }

    private static String reason(Throwable failure) {
        return TerminalText.line(NoAnswer.reason(failure));
    }

    private static StopException interrupted() {
        Thread.currentThread().interrupt();
        return new StopException(ExitCode.LOCAL, "interrupted");
    }

    private static void close(@Nullable HttpResponse<InputStream> response) {
        if (response != null) {
            try {
                response.body().close();
            } catch (IOException gone) {
                // It is not wanted any more.
                return;
            }
        }
    }
}
