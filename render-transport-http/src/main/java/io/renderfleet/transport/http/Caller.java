package io.renderfleet.transport.http;

import io.renderfleet.transport.http.header.Headers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, and sees to it that every one of them ends.
 *
 * <p>What the JDK's client leaves to others is done here: a deadline for the whole answer (the client's own ends at the header on
 * Java 17), redirects (on the same origin only, so that no token goes elsewhere), and an end to whatever still runs at {@link
 * #close}. Its stages complete exceptionally only for a fault of the software.
 */
final class Caller implements AutoCloseable {
    private static final int MAX_REDIRECTS = 3;
    private static final int MAX_ERROR_BODY = 64 * 1024;

    private final HttpClient client;
    private final NodeTokens tokens;
    private final boolean insecureHttp;
    private final Duration stallTimeout;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Caller(HttpClient client, NodeTokens tokens, boolean insecureHttp, Duration stallTimeout) {
        this.client = client;
        this.tokens = tokens;
        this.insecureHttp = insecureHttp;
        this.stallTimeout = stallTimeout;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "render-http-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    CompletableFuture<Reply> send(Call call) {
        Flight flight = new Flight(call);
        flights.add(flight);
        flight.begin();
        return flight.reply;
    }

    /** Ends all calls: each is answered with silence. The client itself is left to its owner. */
    @Override
    public void close() {
        closed = true;
        flights.forEach(flight -> flight.abort("the transport was closed"));
        timer.shutdownNow();
    }

    /** One call on its way, over all its redirects. */
    private final class Flight {
        private final Call call;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<?> exchange;
        private volatile @Nullable Receiver receiver;
        private volatile @Nullable String aborted;
        private volatile boolean headerSeen;
        private @Nullable String authorization;
        private @Nullable Future<?> deadline;
        private @Nullable Future<?> watch;
        private int redirects;
        private boolean repeated;

        private Flight(Call call) {
            this.call = call;
        }

        private void begin() {
            try {
                Optional<String> token = tokens.tokenFor(call.node.base());
                Optional<String> refusal =
                        token.isEmpty() || insecureHttp ? Optional.empty() : ClearText.refusal(call.node.base());
                if (refusal.isPresent()) {
                    finish(new Reply.Silence(refusal.get(), false));
                    return;
                }
                authorization = token.map(value -> "Bearer " + value).orElse(null);
                deadline = timer.schedule(
                        () -> abortAside("no whole answer came within " + call.deadline.toMillis() + " ms"),
                        call.deadline.toMillis(),
                        TimeUnit.MILLISECONDS);
                watch = watch();
                go(call.uri);
            } catch (RejectedExecutionException e) {
                finish(new Reply.Silence("the transport is closed", false));
            } catch (RuntimeException e) {
                end();
                reply.completeExceptionally(e);
            }
        }

        private @Nullable Future<?> watch() {
            Pulse pulse = call.pulse();
            if (pulse == null) {
                return null;
            }
            long period = Math.max(1, stallTimeout.toMillis() / 4);
            return timer.scheduleAtFixedRate(new StillStanding(pulse), period, period, TimeUnit.MILLISECONDS);
        }

        private void go(URI uri) {
            headerSeen = false;
            CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(request(uri), this::receive);
            exchange = sent;
            if (closed && aborted == null) {
                aborted = "the transport was closed";
            }
            if (aborted != null) {
                sent.cancel(true);
            }
            CompletableFuture<?> unused = sent.whenComplete((response, failure) -> arrived(uri, response, failure));
        }

        private HttpRequest request(URI uri) {
            HttpRequest.Builder request = call.request(uri).version(HttpClient.Version.HTTP_1_1);
            if (authorization != null) {
                request.header(Headers.AUTHORIZATION, authorization);
            }
            return request.build();
        }

        private BodySubscriber<byte[]> receive(ResponseInfo info) {
            headerSeen = true;
            boolean good = info.statusCode() >= 200 && info.statusCode() < 300;
            Receiver taken = good ? call.receiver() : BoundedBytes.cutAt(MAX_ERROR_BODY);
            receiver = taken;
            if (aborted != null) {
                taken.abandon();
            }
            return taken;
        }

        private void arrived(URI uri, @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
            try {
                if (response != null) {
                    answered(uri, response);
                } else if (failure != null) {
                    failed(uri, failure);
                }
            } catch (RuntimeException | Error e) {
                end();
                reply.completeExceptionally(e);
            }
        }

        private void answered(URI uri, HttpResponse<byte[]> response) {
            if (!isRedirect(response.statusCode())) {
                finish(new Reply.Answer(uri, response.statusCode(), response.headers(), response.body()));
                return;
            }
            Optional<URI> next =
                    response.headers().firstValue(Headers.LOCATION).flatMap(to -> Address.sameOrigin(uri, to));
            if (next.isEmpty()) {
                finish(new Reply.Silence("it sends elsewhere, which is not followed", false));
            } else if (redirects++ == MAX_REDIRECTS) {
                finish(new Reply.Silence("it redirects in circles", false));
            } else {
                go(next.get());
            }
        }

        private boolean isRedirect(int status) {
            boolean safe = call.method.equals("GET") || call.method.equals("HEAD");
            return status == 307 || status == 308 || (safe && status >= 301 && status <= 303);
        }

        private void failed(URI uri, Throwable failure) {
            Receiver open = receiver;
            if (open != null) {
                open.abandon();
            }
            String why = aborted;
            if (why != null) {
                finish(new Reply.Silence(why, true));
            } else if (call.repeatable() && !repeated && !headerSeen && isDeadConnection(failure)) {
                repeated = true;
                go(uri);
            } else {
                finish(Silences.of(failure));
            }
        }

        private boolean isDeadConnection(Throwable failure) {
            Throwable cause = NoAnswer.unwrap(failure);
            return cause instanceof IOException && Silences.of(cause).maybeArrived();
        }

        /** What follows the end of a call may take its time; the deadlines of others do not wait for it. */
        private void abortAside(String why) {
            CompletableFuture<?> unused = CompletableFuture.runAsync(() -> abort(why));
        }

        private void abort(String why) {
            if (aborted == null) {
                aborted = why;
            }
            CompletableFuture<?> running = exchange;
            if (running != null) {
                running.cancel(true);
            }
        }

        private void finish(Reply how) {
            end();
            reply.complete(
                    repeated && how instanceof Reply.Silence silence
                            // Whatever became of the second time, the first may have arrived.
                            ? new Reply.Silence(silence.cause(), true)
                            : how);
        }

        private void end() {
            flights.remove(this);
            if (deadline != null) {
                deadline.cancel(false);
            }
            if (watch != null) {
                watch.cancel(false);
            }
        }

        /** Ends a transfer of which nothing came for four looks in a row. */
        private final class StillStanding implements Runnable {
            private final Pulse pulse;
            private long seen;
            private int looks;

            private StillStanding(Pulse pulse) {
                this.pulse = pulse;
            }

            @Override
            public void run() {
                long now = pulse.beats();
                looks = now == seen ? looks + 1 : 0;
                seen = now;
                if (looks >= 4) {
                    abortAside("nothing came for " + stallTimeout.toMillis() + " ms");
                }
            }
        }
    }
}
