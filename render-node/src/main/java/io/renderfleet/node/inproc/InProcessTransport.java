package io.renderfleet.node.inproc;

import io.renderfleet.core.content.CheckedCopy;
import io.renderfleet.core.content.SceneUpload;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
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
import io.renderfleet.node.RateGate;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.SubmitContext;
import io.renderfleet.node.SubmitResult;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A farm in one JVM: nodes that are objects, at addresses such as {@code inproc:left}.
 *
 * <pre>{@code
 * InProcessTransport farm = new InProcessTransport().add("left", left).add("right", right);
 * }</pre>
 *
 * <p>Thread-safe. What touches files runs on a few daemon threads; calls to a node that keeps no files are answered at once, on the
 * caller's thread. The nodes are not closed with the transport.
 */
public final class InProcessTransport implements RenderTransport {
    private static final String SCHEME = "inproc";

    private final Map<URI, RenderNode> nodes = new ConcurrentHashMap<>();
    private final Set<HeldPoll> held = ConcurrentHashMap.newKeySet();
    private final Executor calls;
    /** Apart from the others, so that no cancel waits for a large file. */
    private final Executor copies;

    private final NodeTime time;
    private volatile boolean closed;

    /** Makes a transport that knows no node yet. */
    public InProcessTransport() {
        this(NodeTime.system());
    }

    /**
     * Makes a transport with a clock of its own, for tests.
     *
     * @param time what ends held polls
     */
    public InProcessTransport(NodeTime time) {
        this.time = time;
        this.calls = pool("in-process-call", 2);
        this.copies = pool("in-process-copy", 4);
    }

    /** Threads that come with work and go without it, and therefore need no end. */
    private static Executor pool(String name, int most) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Gives a node an address.
     *
     * @param name the part of the address behind {@code inproc:}
     * @param node the node; replaces another one of that name
     * @return this transport
     */
    public InProcessTransport add(String name, RenderNode node) {
        nodes.put(address(name), node);
        return this;
    }

    /**
     * Takes a node away: it does not answer any more.
     *
     * @param name the part of the address behind {@code inproc:}
     */
    public void remove(String name) {
        nodes.remove(address(name));
    }

    /**
     * Returns the address of a node.
     *
     * @param name as given to {@link #add}
     * @return such as {@code inproc:left}
     */
    public static URI address(String name) {
        return URI.create(SCHEME + ":" + name);
    }

    /**
     * Lists the nodes.
     *
     * @return all that were added
     */
    public Set<Target> targets() {
        Set<Target> targets = new LinkedHashSet<>();
        nodes.keySet().forEach(address -> targets.add(new Target.Machine(address)));
        return targets;
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        RenderNode node = node(target);
        return done(
                node == null
                        ? new DescribeOutcome.Unreachable(unknown(target))
                        : new DescribeOutcome.Described(node.describe()));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        RenderNode node = node(target);
        if (node == null) {
            return done(new SubmitOutcome.Unreachable(unknown(target), false));
        }
        SubmitContext context = new SubmitContext(assignment.key(), assignment.attempt(), assignment.traceparent());
        return call(node, () -> {
            SubmitResult result = node.submit(AssignmentMapper.request(assignment), context, RateGate.OPEN);
            return Answers.submitted(result, node, target, assignment);
        });
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        RenderNode node = node(remote.target());
        if (node == null) {
            return done(new PollOutcome.Unreachable(unknown(remote.target())));
        }
        if (remote.node() != null && !remote.node().equals(node.id())) {
            return done(new PollOutcome.Misrouted("node " + node.id() + " answers instead of " + remote.node()));
        }
        if (wait.isZero() || wait.isNegative()) {
            return withOutputs(node, remote, done(now(node, remote, false)));
        }
        HeldPoll poll = new HeldPoll(held);
        Optional<Registration> watch = node.onChange(
                remote.id(), version(etag), etag == null, view -> poll.end(Answers.polled(node, view, true)));
        if (watch.isEmpty()) {
            return done(new PollOutcome.Lost());
        }
        if (!poll.over()) {
            poll.hold(watch.get(), time.after(wait, () -> poll.end(now(node, remote, true))));
            if (closed) {
                poll.end(new PollOutcome.Unreachable(unknown(remote.target())));
            }
        }
        return withOutputs(node, remote, poll.answer());
    }

    /** An end lists what was made, as long as that is little, so that the engine need not ask for it. */
    private CompletionStage<PollOutcome> withOutputs(
            RenderNode node, RemoteJob remote, CompletionStage<PollOutcome> answer) {
        return !node.keepsFiles()
                ? answer
                : answer.thenCompose(outcome -> outcome instanceof PollOutcome.Ended ended
                        ? call(
                                node,
                                () -> withOutputs(
                                        ended, node.outputs(remote.id()).orElse(null)))
                        : done(outcome));
    }

    private static PollOutcome withOutputs(PollOutcome.Ended ended, @Nullable List<FrameOutput> outputs) {
        return new PollOutcome.Ended(ended.end().withOutputs(outputs), ended.executedBy());
    }

    private static PollOutcome now(RenderNode node, RemoteJob remote, boolean held) {
        return node.job(remote.id())
                .map(view -> Answers.polled(node, view, held))
                .orElseGet(PollOutcome.Lost::new);
    }

    private static long version(@Nullable String etag) {
        try {
            return etag == null ? 0 : Long.parseLong(etag);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        RenderNode node = node(remote.target());
        if (node == null) {
            return done(new CancelOutcome.Unreachable(unknown(remote.target())));
        }
        return call(node, () -> Answers.cancelled(node.cancel(remote.id(), by)));
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        RenderNode node = node(remote.target());
        if (node == null) {
            return done(new ShortenOutcome.Unreachable(unknown(remote.target())));
        }
        return call(node, () -> Answers.shortened(node.shorten(remote.id(), keep, by)));
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        RenderNode node = node(remote.target());
        if (node == null) {
            return done(new FramesOutcome.Unreachable(unknown(remote.target())));
        }
        if (!node.keepsFiles()) {
            return done(new FramesOutcome.Unsupported());
        }
        return call(
                node,
                () -> node.frames(remote.id())
                        .<FramesOutcome>map(FramesOutcome.Listed::new)
                        .orElseGet(FramesOutcome.Lost::new));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        RenderNode node = node(remote.target());
        if (node == null) {
            return done(new FetchOutcome.Unreachable(unknown(remote.target())));
        }
        return copy(() -> node.file(remote.id(), frame, file.name())
                .map(from -> CheckedCopy.copy(from, file, into, check))
                .orElseGet(FetchOutcome.Lost::new));
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        RenderNode node = node(remote.target());
        if (node == null) {
            return done(new FetchOutcome.Unreachable(unknown(remote.target())));
        }
        OutputFile zip = new OutputFile("baked scene.zip", baked.bytes(), baked.sha256(), false);
        return copy(() -> node.baked(remote.id())
                .map(from -> CheckedCopy.copy(from, zip, into, ContentCheck.NONE))
                .orElseGet(FetchOutcome.Lost::new));
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        RenderNode node = node(target);
        if (node == null) {
            return done(new UploadOutcome.Unreachable(unknown(target)));
        }
        return copy(() -> node.scenes()
                .map(store -> SceneUpload.send(store.content(), scene))
                .orElseGet(() -> new UploadOutcome.Refused(
                        Failure.of(FailureKind.SCENE_NOT_HERE, "This node takes no scenes by content."))));
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        RenderNode node = node(remote.target());
        if (node == null) {
            return done(new LogOutcome.Unreachable(unknown(remote.target())));
        }
        return call(
                node,
                () -> node.log(remote.id())
                        .map(file -> LogTail.read(file, maxBytes))
                        .orElseGet(LogOutcome.Unsupported::new));
    }

    @Override
    public void close() {
        closed = true;
        held.forEach(poll -> poll.end(new PollOutcome.Unreachable("the transport is closed")));
    }

    private @Nullable RenderNode node(Target target) {
        return closed ? null : nodes.get(target.address());
    }

    private String unknown(Target target) {
        return closed ? "the transport is closed" : "there is no node at " + target.address();
    }

    private <T> CompletionStage<T> call(RenderNode node, Supplier<T> call) {
        return node.keepsFiles() ? CompletableFuture.supplyAsync(call, calls) : done(call.get());
    }

    private <T> CompletionStage<T> copy(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, copies);
    }

    private static <T> CompletionStage<T> done(T outcome) {
        return CompletableFuture.completedFuture(outcome);
    }
}
