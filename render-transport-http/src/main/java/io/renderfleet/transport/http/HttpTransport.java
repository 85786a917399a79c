package io.renderfleet.transport.http;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.UploadOutcome;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.WaitPreference;
import io.renderfleet.transport.http.wire.FramesBody;
import io.renderfleet.transport.http.wire.JobRequest;
import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reaches nodes over HTTP/1.1.
 *
 * <pre>{@code
 * HttpTransport.create()                          // nodes that want no token
 * HttpTransport.builder().token(token).build()
 * }</pre>
 *
 * <p>A target's address is {@code http://host:port} or {@code https://host:port}, with a path in front where a proxy wants one. Any
 * node will do, down to the simplest: one that answers 202 with a {@code Location}, and there 202 until at last 200.
 *
 * <p>Every call ends: with a whole answer, or when its deadline has passed, a transfer stands still, an answer grows too long, or the
 * transport is closed. Nothing is tried again, with one exception: a connection that a node closes in the very moment in which it is used
 * again fails at once and without an answer. What only asks is then sent once more, and a batch if the node is known to recognize repeated
 * keys, so that it cannot be rendered twice.
 *
 * <p>Thread-safe. It has up to 64 daemon threads, most often one or two. Stages complete on one of them or on that of its timer: what follows
 * should not block.
 */
public final class HttpTransport implements RenderTransport {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** How much is read at most of a log whose end alone is wanted, from a node that sends all. */
    private static final long MAX_LOG_READ = 256L * 1024 * 1024;

    private static final int MAX_LOG_KEPT = 64 * 1024 * 1024;
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final Caller caller;
    private final Duration callTimeout;
    private final int maxListBytes;
    private final InstantSource clock;
    private final @Nullable FetchRate fetchRate;
    private final KnownProgress progress = new KnownProgress();

    /** Nodes that named their id, and so speak the whole protocol, idempotency keys included. */
    private final Set<Address> identified = ConcurrentHashMap.newKeySet();

    /**
     * @param fetchRate how fast files come in; null for as fast as they can
     */
    HttpTransport(
            Caller caller, Duration callTimeout, int maxListBytes, InstantSource clock, @Nullable FetchRate fetchRate) {
        this.caller = caller;
        this.callTimeout = callTimeout;
        this.maxListBytes = maxListBytes;
        this.clock = clock;
        this.fetchRate = fetchRate;
    }

    /**
     * Makes a transport for nodes that want no token, with everything else as usual.
     *
     * @return a transport that is ready for use
     */
    public static HttpTransport create() {
        return builder().build();
    }

    /**
     * Begins with everything as usual.
     *
     * @return a new builder
     */
    public static HttpTransportBuilder builder() {
        return new HttpTransportBuilder();
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return with(
                target,
                DescribeOutcome.Refused::new,
                node -> send(get(node, node.at("/node")))
                        .thenApply(reply -> ControlReplies.describe(reply, clock.instant())));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        return with(target, cause -> new SubmitOutcome.Unreachable(cause, false), node -> {
            Call call = new Call("POST", node, node.at("/job"), callTimeout)
                    .header(Headers.ATTEMPT, assignment.attempt().toString())
                    .header(Headers.IDEMPOTENCY_KEY, assignment.key())
                    .header(Headers.TRACEPARENT, trace(assignment.traceparent()))
                    .json(Wire.write(JobRequest.of(assignment)))
                    .repeatable(identified.contains(node));
            return send(call)
                    .thenApply(
                            reply -> SubmitReplies.outcome(reply, target, node, assignment.scene(), clock.instant()));
        });
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        return with(remote.target(), PollOutcome.Unreachable::new, node -> {
            Duration held = Collections.max(List.of(Duration.ZERO, Collections.min(List.of(wait, WaitPreference.MAX))));
            Call call = new Call("GET", node, node.job(remote.id()), callTimeout.plus(held));
            WaitPreference.format(held).ifPresent(value -> call.header(Headers.PREFER, value));
            progress.last(remote)
                    .map(KnownProgress.Known::etag)
                    .filter(known -> known.equals(etag))
                    .ifPresent(known -> call.header(Headers.IF_NONE_MATCH, known));
            return send(call).thenApply(new PollReplies(remote, progress, clock)::outcome);
        });
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return with(remote.target(), CancelOutcome.Unreachable::new, node -> {
            Call call = new Call("DELETE", node, node.job(remote.id()), callTimeout)
                    .header(Headers.ATTEMPT, by.toString())
                    .repeatable(true);
            return send(call).thenApply(reply -> ControlReplies.cancel(reply, remote));
        });
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return with(remote.target(), ShortenOutcome.Unreachable::new, node -> {
            Call call = new Call("PATCH", node, node.job(remote.id()), callTimeout)
                    .header(Headers.ATTEMPT, by.toString())
                    .json(Wire.write(FramesBody.of(keep)))
                    .repeatable(true);
            return send(call).thenApply(reply -> ControlReplies.shorten(reply, remote));
        });
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return with(
                remote.target(),
                FramesOutcome.Unreachable::new,
                node -> send(get(node, node.partOfJob(remote.id(), "/frames"))
                                .into(() -> BoundedBytes.failingAt(maxListBytes)))
                        .thenApply(reply -> ControlReplies.frames(reply, remote, clock.instant())));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        String part = "/frames/" + frame + (file.main() ? "" : "/" + Address.encodePath(file.name()));
        return fetch(remote, part, into, new FileReceiver.Expected(file, check));
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        OutputFile zip = new OutputFile("baked scene.zip", baked.bytes(), baked.sha256(), false);
        return fetch(remote, "/baked", into, new FileReceiver.Expected(zip, ContentCheck.NONE));
    }

    private CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, String part, Path into, FileReceiver.Expected expected) {
        return with(remote.target(), FetchOutcome.Unreachable::new, node -> {
            Pulse pulse = new Pulse();
            FileReceiver receiver = new FileReceiver(into, expected, pulse);
            Duration deadline = Transfers.deadline(callTimeout, expected.file().bytes());
            Call call = new Call("GET", node, node.partOfJob(remote.id(), part), deadline)
                    .header(Headers.ACCEPT, "*/*")
                    .into(() -> receiver)
                    .paced(fetchRate)
                    .watched(pulse);
            return send(call).thenApply(reply -> Transfers.fetched(reply, remote, receiver, clock.instant()));
        });
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        if (scene.sha256() == null) {
            return CompletableFuture.failedStage(new IllegalArgumentException("the scene has no digest yet"));
        }
        String path = "/scenes/" + scene.sha256();
        return with(
                target,
                UploadOutcome.Unreachable::new,
                node -> send(new Call("HEAD", node, node.at(path), callTimeout))
                        .thenCompose(reply -> isMissing(reply)
                                ? put(node, path, scene)
                                : CompletableFuture.completedStage(Transfers.uploaded(reply, clock.instant()))));
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        int kept = Math.max(1, Math.min(maxBytes, MAX_LOG_KEPT));
        return with(remote.target(), LogOutcome.Unreachable::new, node -> {
            Pulse pulse = new Pulse();
            Duration deadline = Transfers.deadline(callTimeout, kept);
            Call call = new Call("GET", node, node.partOfJob(remote.id(), "/log"), deadline)
                    .header(Headers.ACCEPT, "text/plain, */*;q=0.1")
                    .header(Headers.RANGE, "bytes=-" + kept)
                    .into(() -> new LastBytes(kept, MAX_LOG_READ, pulse))
                    .watched(pulse);
            return send(call).thenApply(reply -> ControlReplies.log(reply, remote));
        });
    }

    /** Ends all calls, each with the outcome that there was no answer, and its own HTTP client; one that was given stays its owner's. */
    @Override
    public void close() {
        caller.close();
    }

    private CompletionStage<UploadOutcome> put(Address node, String path, Scene.Local scene) {
        Pulse pulse = new Pulse();
        SceneFile file;
        try {
            file = new SceneFile(scene.file(), pulse);
        } catch (IOException e) {
            return CompletableFuture.completedStage(
                    new UploadOutcome.LocalFailure("the scene cannot be read: " + NoAnswer.message(e)));
        }
        Call call = new Call("PUT", node, node.at(path), Transfers.deadline(callTimeout, file.length()))
                .body(file::open)
                .watched(pulse);
        return send(call)
                .thenApply(reply -> reply instanceof Reply.Silence && file.hasChanged()
                        ? new UploadOutcome.LocalFailure("the scene has changed while it was sent")
                        : Transfers.uploaded(reply, clock.instant()));
    }

    private static boolean isMissing(Reply reply) {
        return reply instanceof Reply.Answer answer && (answer.status() == 404 || answer.status() == 410);
    }

    private Call get(Address node, URI uri) {
        return new Call("GET", node, uri, callTimeout);
    }

    private CompletableFuture<Reply> send(Call call) {
        return caller.send(call).thenApply(reply -> {
            if (reply instanceof Reply.Answer answer) {
                note(call.node, answer);
            }
            return reply;
        });
    }

    private void note(Address node, Reply.Answer answer) {
        if (answer.nodeId() != null) {
            identified.add(node);
        } else if (answer.status() < 400) {
            identified.remove(node);
        }
    }

    /** An address that HTTP cannot reach is a matter of configuration, and so an outcome. */
    private static <O> CompletionStage<O> with(
            Target target, Function<String, O> unreachable, Function<Address, CompletionStage<O>> call) {
        Address node;
        try {
            node = Address.of(target.address());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedStage(unreachable.apply(String.valueOf(e.getMessage())));
        }
        try {
            return call.apply(node);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static @Nullable String trace(@Nullable String traceparent) {
        return traceparent != null && TRACEPARENT.matcher(traceparent).matches() ? traceparent : null;
    }
}
