package io.renderfleet.transport.http;

import io.renderfleet.core.content.RemoteContent;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Content that an orchestrator keeps for workers, reached over HTTP at {@code /content/{sha256}}; {@link HttpTransportBuilder#content} makes
 * one.
 *
 * <p>Every call ends as those of {@link HttpTransport} do, and what only asks is tried again in the same case. Thread-safe.
 */
public final class HttpContent implements RemoteContent {
    /** The server is asked first whether it has a file that is larger than this. */
    private static final long ASK_FIRST = 1 << 20;

    private final Caller caller;
    private final Address server;
    private final Duration callTimeout;
    private final long limit;

    HttpContent(Caller caller, Address server, Duration callTimeout, long limit) {
        this.caller = caller;
        this.server = server;
        this.callTimeout = callTimeout;
        this.limit = limit;
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public boolean has(Sha256 digest) throws IOException {
        Reply.Answer answer = answer(call("HEAD", digest, callTimeout));
        return switch (answer.status()) {
            case 200, 204 -> true;
            case 404, 410 -> false;
            default -> throw failed(answer.words());
        };
    }

    @Override
    public PutOutcome send(Sha256 digest, Path file) throws IOException {
        Pulse pulse = new Pulse();
        SceneFile body = new SceneFile(file, pulse);
        if (body.length() > ASK_FIRST && has(digest)) {
            return new PutOutcome.AlreadyThere();
        }
        Reply.Answer answer = answer(call("PUT", digest, Transfers.deadline(callTimeout, body.length()))
                .body(body::open)
                .watched(pulse));
        return switch (answer.status()) {
            case 201 -> new PutOutcome.Stored();
            case 200, 204 -> new PutOutcome.AlreadyThere();
            case 507 -> new PutOutcome.NoRoom(0);
            case 422 -> {
                Sha256 actual = Sha256.of(file);
                if (!answer.is(ProblemType.DIGEST_MISMATCH) || actual.equals(digest)) {
                    throw failed(answer.words());
                }
                yield new PutOutcome.HashDiffers(actual);
            }
            default -> throw failed(answer.words());
        };
    }

    @Override
    public Optional<InputStream> open(Sha256 digest) throws IOException {
        Pulse pulse = new Pulse();
        BodyPipe pipe = new BodyPipe(pulse);
        var unused = caller.send(call("GET", digest, Transfers.deadline(callTimeout, limit))
                        .header(Headers.ACCEPT, "*/*")
                        .into(() -> pipe)
                        .watched(pulse))
                .whenComplete((reply, bug) -> {
                    if (reply instanceof Reply.Answer answer && (answer.status() == 404 || answer.status() == 410)) {
                        pipe.refuse();
                    } else {
                        pipe.fail(message(
                                reply instanceof Reply.Answer answer
                                        ? answer.words()
                                        : reply instanceof Reply.Silence silence ? silence.cause() : "" + bug));
                    }
                });
        return await(pipe.begun());
    }

    /** Ends all calls, each with the failure that there was no answer. */
    @Override
    public void close() {
        caller.close();
    }

    private Call call(String method, Sha256 digest, Duration deadline) {
        return new Call(method, server, server.at("/content/" + digest), deadline);
    }

    private Reply.Answer answer(Call call) throws IOException {
        Reply reply = await(caller.send(call));
        if (reply instanceof Reply.Answer answer) {
            return answer;
        }
        throw failed(((Reply.Silence) reply).cause());
    }

    private IOException failed(String why) {
        return new IOException(message(why));
    }

    private String message(String why) {
        return "the orchestrator at " + server.base() + ": " + why;
    }

    private static <T> T await(CompletableFuture<T> what) throws IOException {
        try {
            return what.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the orchestrator");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }
}
