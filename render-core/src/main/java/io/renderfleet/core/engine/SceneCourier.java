package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.UploadOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends scenes to nodes, each scene once at a time to a node however many batches wait for it. Belongs to the loop.
 *
 * <p>Where there is a store of scenes, it is asked first: the file that a request names may be on the machine of another coordinator.
 */
final class SceneCourier {
    private static final Logger log = LoggerFactory.getLogger(SceneCourier.class);

    private final RenderTransport transport;
    private final Executor loop;
    private final Executor io;
    private final @Nullable ContentStore scenes;
    private final Map<Errand, List<Consumer<UploadOutcome>>> underWay = new HashMap<>();

    private record Errand(NodeEntry node, Sha256 scene) {}

    SceneCourier(RenderTransport transport, Executor loop, Executor io, @Nullable ContentStore scenes) {
        this.transport = transport;
        this.loop = loop;
        this.io = io;
        this.scenes = scenes;
    }

    void send(Scene.Local scene, Sha256 sha256, NodeEntry node, Consumer<UploadOutcome> then) {
        Errand errand = new Errand(node, sha256);
        List<Consumer<UploadOutcome>> waiting = underWay.get(errand);
        if (waiting != null) {
            waiting.add(then);
            return;
        }
        underWay.put(errand, new ArrayList<>(List.of(then)));
        upload(scene, sha256, node)
                .whenComplete((outcome, bug) -> loop.execute(() -> {
                    UploadOutcome known =
                            outcome != null ? outcome : new UploadOutcome.Unreachable(String.valueOf(bug));
                    List<Consumer<UploadOutcome>> told = underWay.remove(errand);
                    if (told != null) {
                        told.forEach(consumer -> consumer.accept(known));
                    }
                }));
    }

    private CompletionStage<UploadOutcome> upload(Scene.Local scene, Sha256 sha256, NodeEntry node) {
        ContentStore store = scenes;
        return store == null
                ? transport.upload(node.target(), scene)
                : leased(store, sha256)
                        .thenCompose(lease -> lease.map(kept -> uploadKept(kept, scene, node))
                                .orElseGet(() -> transport.upload(node.target(), scene)));
    }

    private CompletableFuture<Optional<ContentLease>> leased(ContentStore store, Sha256 sha256) {
        try {
            return CompletableFuture.supplyAsync(() -> lease(store, sha256), io);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<UploadOutcome> uploadKept(ContentLease kept, Scene.Local scene, NodeEntry node) {
        return transport
                .upload(node.target(), new Scene.Local(kept.path(), scene.entry(), scene.sha256()))
                .whenComplete((outcome, bug) -> kept.close());
    }

    private static Optional<ContentLease> lease(ContentStore store, Sha256 sha256) {
        try {
            return store.lease(sha256);
        } catch (IOException e) {
            log.warn("the scene {} cannot be read: {}", sha256, e.toString());
            return Optional.empty();
        }
    }
}
