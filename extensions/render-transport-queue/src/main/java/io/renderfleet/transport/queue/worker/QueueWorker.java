package io.renderfleet.transport.queue.worker;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopRunner;
import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.NodeListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.time.Registration;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.wire.Order;
import io.renderfleet.transport.queue.wire.Presence;
import io.renderfleet.transport.queue.wire.Topics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes batches from a queue as long as its node has free slots, and renders them.
 *
 * <pre>{@code
 * try (RenderNode node = RenderNode.builder().engine(engine).outputRoot(folder).build();
 *         QueueWorker worker = QueueWorker.create(node, broker, blobs, "gpu")) {
 *     worker.start();
 *     …
 * }
 * }</pre>
 *
 * <p>It tells the coordinator what it has every five seconds, and when a frame is finished. A frame counts as finished once its files are in the
 * store that both share. While the broker is away the worker goes on rendering.
 *
 * <p>Thread-safe. The broker is closed with the worker; the node and the store are not.
 */
public final class QueueWorker implements AutoCloseable {
    private static final int COPIES = 4;
    private static final Duration PRESENCE = Duration.ofSeconds(5);
    private static final Duration GOODBYE = Duration.ofSeconds(10);

    private final RenderNode node;
    private final Broker broker;
    private final Loop loop;
    private final Topics topics;
    private final ExecutorService files;
    private final Desk desk;
    private @Nullable LoopRunner runner;
    private Registration listening = Registration.DONE;

    private QueueWorker(RenderNode node, Broker broker, ContentStore blobs, String pool) {
        this.node = node;
        this.broker = broker;
        this.loop = new Loop(TimeSource.system());
        this.topics = new Topics(pool);
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(COPIES, COPIES, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "renderfleet-worker-files");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        this.files = threads;
        this.desk = new Desk(node, broker, loop, topics, new Deposits(node, blobs), files);
    }

    /**
     * Makes a worker.
     *
     * @param node what renders; it keeps files
     * @param broker a broker that is not started yet
     * @param blobs where scenes are found, and frames are left
     * @param pool the name of the queue
     * @return the worker, which takes nothing before it is started
     * @throws IllegalArgumentException if the node keeps no files
     */
    public static QueueWorker create(RenderNode node, Broker broker, ContentStore blobs, String pool) {
        if (!node.keepsFiles()) {
            throw new IllegalArgumentException("the node " + node.id() + " keeps no files: give it an output root");
        }
        return new QueueWorker(node, broker, blobs, pool);
    }

    /** Begins to take batches. Called once. */
    public void start() {
        runner = LoopRunner.start(loop, "renderfleet-worker");
        listening = node.listen(new NodeListener() {
            @Override
            public void frameFinished(NodeJobView job, int frame, Duration renderTime) {
                loop.execute(() -> desk.changed(job.id()));
            }

            @Override
            public void jobEnded(NodeJobView job) {
                loop.execute(() -> desk.changed(job.id()));
            }
        });
        broker.listen(topics.worker(node.id().value()), this::told);
        broker.listen(topics.workers(), this::told);
        broker.start(new Broker.Listener() {
            @Override
            public void connected() {
                loop.execute(QueueWorker.this::connected);
            }

            @Override
            public void away(String cause) {
                loop.execute(desk::disconnected);
            }
        });
        loop.execute(this::presence);
    }

    private void told(byte[] message) {
        Order.read(message).ifPresent(order -> loop.execute(() -> told(order)));
    }

    private void told(Order order) {
        if (order.what() == Order.What.ANNOUNCE) {
            sayWhoItIs(false);
        } else {
            desk.told(order);
        }
    }

    private void connected() {
        sayWhoItIs(false);
        desk.connected();
    }

    private void presence() {
        sayWhoItIs(false);
        desk.reportAll();
        loop.schedule(PRESENCE, this::presence);
    }

    private void sayWhoItIs(boolean leaving) {
        broker.tell(topics.presence(), Presence.write(node.describe(), leaving));
    }

    /**
     * Takes no more batches, and hands those that run back after a while. Their finished frames are kept.
     *
     * @param grace how long running batches may go on
     * @return completes once nothing runs and coordinators know how everything ended, or after ten more seconds
     */
    public CompletionStage<Void> drain(Duration grace) {
        CompletableFuture<Void> told = new CompletableFuture<>();
        loop.execute(desk::drain);
        var unused = node.drain(grace)
                .whenComplete((nothing, failed) -> loop.execute(() -> {
                    desk.whenAllIsTold(() -> told.complete(null));
                    loop.schedule(GOODBYE, () -> told.complete(null));
                }));
        return told;
    }

    /**
     * Takes no more batches, says goodbye, and ends the connection. Batches that run go on in the node until it is closed; their coordinator
     * gives them to others once it has not heard of them for a lease. Can be called twice.
     */
    @Override
    public void close() {
        loop.call(() -> {
            desk.drain();
            sayWhoItIs(true);
            return true;
        });
        listening.close();
        broker.close();
        if (runner != null) {
            runner.close();
        }
        files.shutdown();
    }
}
