package io.renderfleet.core;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.node.NodeEntry;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.UploadOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Sends scenes to nodes, each scene once at a time to a node however many batches wait for it. Belongs to the loop. */
final class SceneCourier {
    private final RenderTransport transport;
    private final Executor loop;
    private final Map<Errand, List<Consumer<UploadOutcome>>> underWay = new HashMap<>();

    private record Errand(NodeEntry node, Sha256 scene) {}

    SceneCourier(RenderTransport transport, Executor loop) {
        this.transport = transport;
        this.loop = loop;
    }

    void send(Scene.Local scene, Sha256 sha256, NodeEntry node, Consumer<UploadOutcome> then) {
        Errand errand = new Errand(node, sha256);
        List<Consumer<UploadOutcome>> waiting = underWay.get(errand);
        if (waiting != null) {
            waiting.add(then);
            return;
        }
        underWay.put(errand, new ArrayList<>(List.of(then)));
        transport
                .upload(node.target(), scene)
                .whenComplete((outcome, bug) -> loop.execute(() -> {
                    UploadOutcome known =
                            outcome != null ? outcome : new UploadOutcome.Unreachable(String.valueOf(bug));
                    List<Consumer<UploadOutcome>> told = underWay.remove(errand);
                    if (told != null) {
                        told.forEach(consumer -> consumer.accept(known));
                    }
                }));
    }
}
