package org.example.app;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;

/** Has shots rendered, by nodes in this JVM or over HTTP. */
final class Studio implements AutoCloseable {
    private static final RenderSettings PREVIEW =
            RenderSettings.builder().width(160).height(90).build();

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final RenderExecutor farm;

    private Studio(RenderTransport transport, Deque<AutoCloseable> nodes, String... addresses) {
        farm = RenderExecutor.builder().renderer("test-pattern")
                .transport(transport)
                .nodes(addresses)
                .build();
        opened.addAll(nodes);
    }

    /** Two nodes that are objects. */
    static Studio inThisJvm(Path folder) throws IOException {
        RenderNode left = node(folder.resolve("left"));
        RenderNode right = node(folder.resolve("right"));
        InProcessTransport transport =
                new InProcessTransport().add("left", left).add("right", right);
        Deque<AutoCloseable> nodes = new ArrayDeque<>();
        nodes.add(left);
        nodes.add(right);
        return new Studio(transport, nodes, "inproc:left", "inproc:right");
    }

    /** Two nodes behind ports of the loopback interface. */
    static Studio overHttp(Path folder) throws IOException {
        RenderNodeServer left = RenderNodeServer.builder(node(folder.resolve("left"))).port(0).start();
        RenderNodeServer right = RenderNodeServer.builder(node(folder.resolve("right"))).port(0).start();
        Deque<AutoCloseable> nodes = new ArrayDeque<>();
        nodes.add(left);
        nodes.add(right);
        return new Studio(
                HttpTransport.create(), nodes, left.uri().toString(), right.uri().toString());
    }

    private static RenderNode node(Path folder) throws IOException {
        return RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(folder)
                .build();
    }

    RenderResult render(Shot shot, Scene scene, Path into) throws InterruptedException, ExecutionException {
        RenderRequest request = RenderRequest.of(scene, shot.frames())
                .name(shot.name())
                .outputPattern(shot.name() + "_####")
                .outputFolder(into)
                .settings(PREVIEW)
                .batchSize(2);
        return farm.submit(request).completion().get().orThrow();
    }

    @Override
    public void close() throws Exception {
        farm.close();
        for (AutoCloseable node : opened) {
            node.close();
        }
    }
}
