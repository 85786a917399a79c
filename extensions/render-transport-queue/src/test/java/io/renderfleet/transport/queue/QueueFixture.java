package io.renderfleet.transport.queue;

import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.TransportFixture;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/** A pool in memory, with as many workers as a test wants. */
final class QueueFixture implements TransportFixture {
    static final String POOL = "gpu";
    static final Leases SHORT = new Leases(Duration.ofSeconds(6), Duration.ofSeconds(5));
    private static final long PLENTY = 1L << 30;

    final MemoryBrokers brokers = new MemoryBrokers();
    private final Path folder;
    private final Deque<Runnable> closing = new ArrayDeque<>();

    QueueFixture(Path folder) {
        this.folder = folder;
        closing.push(brokers::close);
    }

    /** A worker of one slot. */
    QueueWorker worker(String name, Duration perFrame) {
        try {
            RenderNode node = RenderNode.builder()
                    .engine(new TestPatternEngine(perFrame))
                    .nodeId(new NodeId(name))
                    .outputRoot(folder.resolve(name))
                    .build();
            closing.push(node::close);
            QueueWorker worker = QueueWorker.create(node, brokers.connect(), blobs(), POOL);
            closing.push(worker::close);
            worker.start();
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FolderContentStore blobs() {
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
    public RenderTransport transport() {
        return QueueTransport.create(brokers.connect(), blobs(), SHORT, new Loop(TimeSource.system()));
    }

    @Override
    public Target.Pool target() {
        return new Target.Pool(URI.create("queue:" + POOL), 4);
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
        closing.clear();
    }
}
