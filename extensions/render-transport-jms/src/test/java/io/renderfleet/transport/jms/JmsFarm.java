package io.renderfleet.transport.jms;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.NodeListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A coordinator and workers on one queue of an Artemis, each with a connection of its own. */
final class JmsFarm implements AutoCloseable {
    private static final long PLENTY = 1L << 30;
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final ArtemisServer server;
    private final Path folder;
    private final String pool = "test-" + UUID.randomUUID();
    private final AtomicInteger rendered = new AtomicInteger();
    private final Deque<Runnable> closing = new ArrayDeque<>();

    JmsFarm(ArtemisServer server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    /** How many frames its workers have rendered, in all. */
    int rendered() {
        return rendered.get();
    }

    /** Starts a worker that has one slot and is stopped with the farm. */
    void worker(String name, Duration perFrame) {
        try {
            RenderNode node = RenderNode.builder()
                    .engine(new TestPatternEngine(perFrame))
                    .nodeId(new NodeId(name))
                    .outputRoot(folder.resolve(name))
                    .build();
            closing.push(node::close);
            closing.push(node.listen(new NodeListener() {
                @Override
                public void frameFinished(NodeJobView job, int frame, Duration renderTime) {
                    rendered.incrementAndGet();
                }
            })::close);
            QueueWorker worker =
                    QueueWorker.create(node, JmsBroker.at(server.address(), null, null, name), blobs(), pool);
            closing.push(worker::close);
            worker.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RenderExecutor coordinator(int capacity) {
        RenderExecutor farm = RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(transport())
                .target(target(capacity))
                .outputRoot(folder.resolve("out"))
                .build();
        closing.push(farm::close);
        return farm;
    }

    /** A transport that is not started; whoever asks for it closes it. */
    QueueTransport transport() {
        return QueueTransport.create(JmsBroker.at(server.address(), null, null, "coordinator"), blobs(), LEASE);
    }

    Target.Pool target(int capacity) {
        return new Target.Pool(URI.create("queue:" + pool), capacity);
    }

    private FolderContentStore blobs() {
        try {
            FolderContentStore store = FolderContentStore.shared(
                    folder.resolve("shared"), PLENTY, PLENTY, InstantSource.system(), ContentLayout.asIs("content"));
            closing.push(store::close);
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
        closing.clear();
    }
}
