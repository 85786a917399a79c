package io.renderfleet.transport.http;

import io.renderfleet.transport.http.header.Headers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, and sees to it that every one of them ends.
 *
 * <p>What the client leaves to others is done here: a deadline for the whole answer, an end to a transfer that stands still, redirects (on
 * the same origin only, so that no token goes elsewhere), and an end to whatever still runs at {@link #close}. Its stages complete
 * exceptionally only for a fault of the software.
 */
final class Caller implements AutoCloseable {
    private static final int MAX_REDIRECTS = 3;
    private static final int MAX_ERROR_BODY = 64 * 1024;

    private final HttpClient client;
    private final Runnable onClose;
    private final NodeTokens tokens;
    private final boolean insecureHttp;
    private final Duration stallTimeout;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param client does the work
     * @param onClose is run once all calls have ended
     */
    Caller(HttpClient client, Runnable onClose, NodeTokens tokens, boolean insecureHttp, Duration stallTimeout) {
        this.client = client;
        this.onClose = onClose;
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

    /** Ends all calls: each is answered with silence. */
    @Override
    public void close() {
        closed = true;
        flights.forEach(flight -> flight.abort("the transport was closed"));
        timer.shutdownNow();
        onClose.run();
    }

    /** Why a call is ended from this side. */
    private static final class EndedHere extends InterruptedIOException {
        private static final long serialVersionUID = 1L;

        private EndedHere(String why) {
            super(why);
        }

        /** It says where nothing went wrong. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** One call on its way, over all its redirects. */
    private final class Flight {
        private final Call call;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private volatile @Nullable Request exchange;
        private volatile @Nullable Receiver receiver;
        private volatile @Nullable String aborted;
        private volatile boolean begun;
        private volatile boolean enough;
        private volatile boolean paused;
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
            begun = false;
            enough = false;
            receiver = null;
            Request request;
            try {
                request = call.request(client, uri, authorization);
            } catch (IOException e) {
                finish(new Reply.Silence("what is to be sent cannot be read: " + NoAnswer.message(e), false));
                return;
            }
            exchange = request;
            if (closed && aborted == null) {
                aborted = "the transport was closed";
            }
            String why = aborted;
            if (why != null) {
                Request.Content unsent = request.getBody();
                if (unsent != null) {
                    unsent.fail(new EndedHere(why));
                }
                finish(new Reply.Silence(why, false));
                return;
            }
            request.idleTimeout(call.deadline.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
                    .onRequestBegin(sent -> begun = true)
                    .onResponseHeaders(this::receive)
                    .onResponseContentAsync(this::take)
                    .send(result -> arrived(uri, result));
        }

        private void receive(Response head) {
            boolean good = head.getStatus() >= 200 && head.getStatus() < 300;
            Receiver taking = good ? call.receiver() : BoundedBytes.cutAt(MAX_ERROR_BODY);
            receiver = taking;
            taking.begin();
            if (aborted != null) {
                taking.abandon();
            }
        }

        private void take(Response response, Content.Chunk chunk, Runnable readOn) {
            Receiver taking = receiver;
            ByteBuffer bytes = chunk.getByteBuffer();
            int came = bytes.remaining();
            try {
                if (taking == null || enough) {
                    readOn.run();
                } else if (taking.take(bytes)) {
                    readOnAfter(came, readOn);
                } else {
                    enough = true;
                    var unused = response.abort(new EndedHere("no more was wanted"));
                }
            } catch (IOException | RuntimeException | Error e) {
                var unused = response.abort(e);
            }
        }

        /** No thread waits meanwhile: the connection is just not read, so that the node's end waits, too. */
        private void readOnAfter(int bytes, Runnable readOn) {
            FetchRate rate = call.rate();
            long pause = rate == null ? 0 : rate.pauseAfter(bytes);
            if (pause == 0) {
                readOn.run();
                return;
            }
            paused = true;
            var unused = timer.schedule(
                    () -> {
                        paused = false;
                        client.getExecutor().execute(readOn);
                    },
                    pause,
                    TimeUnit.NANOSECONDS);
        }

        private void arrived(URI uri, Result result) {
            try {
                Receiver taken = receiver;
                boolean whole = result.getResponseFailure() == null || enough;
                if (taken != null && whole && aborted == null) {
                    answered(uri, result.getResponse(), taken);
                } else {
                    failed(uri, result);
                }
            } catch (RuntimeException | Error e) {
                end();
                reply.completeExceptionally(e);
            }
        }

        private void answered(URI uri, Response response, Receiver taken) {
            byte[] body = taken.end();
            if (!isRedirect(response.getStatus())) {
                finish(new Reply.Answer(uri, response.getStatus(), response.getHeaders(), body));
                return;
            }
            Optional<URI> next = Optional.ofNullable(response.getHeaders().get(Headers.LOCATION))
                    .flatMap(to -> Address.sameOrigin(uri, to));
            if (next.isEmpty()) {
                finish(new Reply.Silence("it sends elsewhere, which is not followed", false));
            } else if (redirects++ == MAX_REDIRECTS) {
                finish(new Reply.Silence("it redirects in circles", false));
            } else {
                go(next.get());
            }
        }

        private boolean isRedirect(int status) {
            return status == 307 || status == 308 || (call.onlyAsks() && status >= 301 && status <= 303);
        }

        private void failed(URI uri, Result result) {
            Receiver open = receiver;
            if (open != null) {
                open.abandon();
            }
            String why = aborted;
            if (why != null) {
                finish(new Reply.Silence(why, true));
                return;
            }
            Reply.Silence silence = Silences.of(result.getFailure(), begun);
            if (call.repeatable() && !repeated && open == null && begun && silence.maybeArrived()) {
                // The node may have closed the connection in the very moment in which it was used again.
                repeated = true;
                go(uri);
            } else {
                finish(silence);
            }
        }

        /** What follows the end of a call may take its time; the deadlines of others do not wait for it. */
        private void abortAside(String why) {
            CompletableFuture<?> unused = CompletableFuture.runAsync(() -> abort(why));
        }

        private void abort(String why) {
            if (aborted == null) {
                aborted = why;
            }
            Request running = exchange;
            if (running != null) {
                var unused = running.abort(new EndedHere(why));
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
                looks = now == seen && !paused ? looks + 1 : 0;
                seen = now;
                if (looks >= 4) {
                    abortAside("nothing came for " + stallTimeout.toMillis() + " ms");
                }
            }
        }
    }
}
