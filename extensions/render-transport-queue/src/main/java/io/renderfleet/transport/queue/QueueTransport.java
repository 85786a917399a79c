package io.renderfleet.transport.queue;

import io.renderfleet.core.content.CheckedCopy;
import io.renderfleet.core.content.SceneUpload;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopRunner;
import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
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
import io.renderfleet.core.spi.TransportSignals;
import io.renderfleet.core.spi.UploadOutcome;
import io.renderfleet.transport.queue.wire.Order;
import io.renderfleet.transport.queue.wire.WorkMessage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reaches workers through the queues of a message broker. A target is a {@link Target.Pool} at an address such as {@code queue:gpu}, whose
 * part behind the scheme names the queue.
 *
 * <pre>{@code
 * RenderExecutor.builder()
 *         .transport(QueueTransport.create(broker, blobs))
 *         .target(new Target.Pool(URI.create("queue:gpu"), 12))
 * }</pre>
 *
 * <p>Messages carry no files. Scenes and frames go through a {@link ContentStore} that coordinator and workers share.
 *
 * <p>Thread-safe. The broker is closed with the transport, the store is not.
 */
public final class QueueTransport implements RenderTransport {
    private static final int COPIES = 4;
    private static final int LONGEST_LOG = 64 * 1024;

    private final Broker broker;
    private final ContentStore blobs;
    private final Leases leases;
    private final Loop loop;
    private final ExecutorService files;
    private final Connection connection = new Connection();
    private final Map<URI, Pool> pools = new HashMap<>();
    private @Nullable LoopRunner runner;
    private @Nullable Post post;

    private QueueTransport(Broker broker, ContentStore blobs, Leases leases, Loop loop) {
        this.broker = broker;
        this.blobs = blobs;
        this.leases = leases;
        this.loop = loop;
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(COPIES, COPIES, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "renderfleet-queue-files");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.files = pool;
    }

    /**
     * Makes a transport.
     *
     * @param broker a broker that is not started yet
     * @param blobs where scenes are left for workers, and frames are found that workers have left
     * @return the transport
     */
    public static QueueTransport create(Broker broker, ContentStore blobs) {
        return create(broker, blobs, Leases.DEFAULT.lease());
    }

    /**
     * Makes a transport.
     *
     * @param broker a broker that is not started yet
     * @param blobs where scenes are left for workers, and frames are found that workers have left
     * @param lease for how long a worker may not be heard before what it has counts as lost, 10 s to 1 h; 30 s by default. Workers are heard
     *     every five seconds. Time during which the broker is away does not count
     * @return the transport
     * @throws IllegalArgumentException if the lease is out of range
     */
    public static QueueTransport create(Broker broker, ContentStore blobs, Duration lease) {
        return new QueueTransport(broker, blobs, Leases.of(lease), new Loop(TimeSource.system()));
    }

    /** For tests, which step the loop themselves. */
    static QueueTransport create(Broker broker, ContentStore blobs, Leases leases, Loop loop) {
        return new QueueTransport(broker, blobs, leases, loop);
    }

    /**
     * Is not enough for a queue, since workers must be able to tell coordinators apart.
     *
     * @throws IllegalStateException always
     */
    @Override
    public void start(TransportSignals signals) {
        throw new IllegalStateException("a queue transport works for a coordinator of a farm only: start it with both");
    }

    @Override
    public void start(TransportSignals signals, String farm, long epoch) {
        post = new Post(farm, epoch, signals);
        runner = LoopRunner.start(loop, "renderfleet-queue");
        broker.start(new Broker.Listener() {
            @Override
            public void connected() {
                loop.execute(() -> {
                    connection.connected(loop.time().nanos());
                    pools.values().forEach(Pool::connected);
                });
            }

            @Override
            public void away(String cause) {
                loop.execute(() -> connection.away(cause));
            }
        });
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        if (!(target instanceof Target.Pool asked)) {
            return CompletableFuture.completedStage(new DescribeOutcome.Refused(noPool(target)));
        }
        return onLoop(() -> pool(target).describe(asked));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        if (!(target instanceof Target.Pool)) {
            return CompletableFuture.completedStage(
                    new SubmitOutcome.Rejected(Failure.of(FailureKind.INVALID_REQUEST, noPool(target))));
        }
        return inFiles(() -> refusal(assignment))
                .thenCompose(refusal -> refusal.isPresent()
                        ? CompletableFuture.completedStage(refusal.get())
                        : put(target, assignment));
    }

    private CompletionStage<SubmitOutcome> put(Target target, Assignment assignment) {
        byte[] message = WorkMessage.write(assignment);
        if (message.length > Broker.MAX_MESSAGE_BYTES) {
            return CompletableFuture.completedStage(new SubmitOutcome.Rejected(Failure.of(
                    FailureKind.INVALID_REQUEST,
                    "The batch takes " + message.length + " bytes as a message, of which there may be "
                            + Broker.MAX_MESSAGE_BYTES + ".")));
        }
        RemoteJob remote = new RemoteJob(target, assignment.key(), null);
        return onLoop(() -> pool(target).submit(remote, message));
    }

    /** Workers can only get a scene that is in the store. */
    private Optional<SubmitOutcome> refusal(Assignment assignment) {
        if (!(assignment.scene() instanceof Scene.Local local) || local.sha256() == null) {
            return Optional.empty();
        }
        try {
            return blobs.has(local.sha256()) ? Optional.empty() : Optional.of(new SubmitOutcome.SceneMissing());
        } catch (IOException e) {
            return Optional.of(new SubmitOutcome.Unreachable(storeFailed(e), false));
        }
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        return onLoop(() -> pool(remote.target()).poll(remote));
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return onLoop(() -> {
            Pool pool = pool(remote.target());
            if (pool.isFenced()) {
                return CompletableFuture.completedStage(new CancelOutcome.Fenced());
            }
            return pool.withdraw(remote)
                    ? CompletableFuture.completedStage(new CancelOutcome.Stopped())
                    : pool.ask(remote, pool.order(Order.What.CANCEL, remote.id(), by))
                            .thenApply(Answers::cancelled);
        });
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return onLoop(() -> {
            Pool pool = pool(remote.target());
            boolean held = pool.ticket(remote)
                    .filter(ticket -> ticket.worker() != null)
                    .isPresent();
            return held
                    ? pool.ask(
                                    remote,
                                    pool.order(Order.What.SHORTEN, remote.id(), by)
                                            .keeping(keep))
                            .thenApply(Answers::shortened)
                    : CompletableFuture.completedStage(new ShortenOutcome.Unsupported());
        });
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return onLoop(() -> new FrameListing(pool(remote.target()), remote).list());
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return inFiles(() -> fetch(file, into, check));
    }

    private FetchOutcome fetch(OutputFile file, Path into, ContentCheck check) {
        Optional<ContentLease> lease;
        try {
            lease = blobs.lease(file.sha256());
        } catch (IOException e) {
            return new FetchOutcome.Unreachable(storeFailed(e));
        }
        if (lease.isEmpty()) {
            return new FetchOutcome.Lost();
        }
        try (ContentLease there = lease.get()) {
            return CheckedCopy.copy(there.path(), file, into, check);
        }
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return inFiles(() -> SceneUpload.send(blobs, scene));
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return onLoop(() -> {
            Pool pool = pool(remote.target());
            return pool.ask(remote, pool.order(Order.What.LOG, remote.id()).with(Math.min(maxBytes, LONGEST_LOG)))
                    .thenApply(Answers::log);
        });
    }

    /**
     * Says how a pool stands: what waits, and who is there.
     *
     * @param target the pool
     * @return how it stands; completes once the broker has answered, which may take it some seconds
     */
    public CompletionStage<PoolStanding> standing(Target.Pool target) {
        return onLoop(() -> pool(target).standing());
    }

    @Override
    public void close() {
        broker.close();
        loop.execute(() -> pools.values().forEach(Pool::close));
        if (runner != null) {
            runner.close();
        }
        files.shutdown();
    }

    private Pool pool(Target target) {
        Post now = post;
        if (now == null) {
            throw new IllegalStateException("the transport is not started");
        }
        return pools.computeIfAbsent(
                target.address(),
                address -> new Pool(address.getSchemeSpecificPart(), broker, loop, now, connection, leases));
    }

    private <T> CompletionStage<T> onLoop(Supplier<CompletionStage<T>> call) {
        return loop.submit(call).thenCompose(Function.identity());
    }

    private <T> CompletionStage<T> inFiles(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, files);
    }

    private static String noPool(Target target) {
        return target.address() + " is no pool: only pools are reached through a queue";
    }

    private static String storeFailed(IOException e) {
        return "the store of scenes and frames failed: " + e;
    }
}
