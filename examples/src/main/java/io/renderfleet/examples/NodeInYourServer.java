package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.transport.http.HttpTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.Callback;

/** An application that has a web server of its own lets its machine render besides, below {@code /node}. */
public final class NodeInYourServer {
    private NodeInYourServer() {}

    /** What the application is really for. */
    private static final class YourApplication extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Content.Sink.write(response, true, "Your application", callback);
            return true;
        }
    }

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/node-in-your-server");
        RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(out.resolve("node"))
                .build();
        // This server listens on the loopback interface. Elsewhere a node has a token: .token(secret).
        Handler farm = RenderNodeServer.builder(node).allowAnonymous().handler();

        Server yours = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        yours.setHandler(new ContextHandlerCollection(
                new ContextHandler(new YourApplication(), "/"), new ContextHandler(farm, "/node")));
        yours.start();
        try (node) {
            render(yours.getURI().resolve("/node").toString(), out.resolve("frames"));
        } finally {
            yours.stop();
        }
    }

    private static void render(String node, Path frames) throws Exception {
        try (RenderExecutor farm = RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(HttpTransport.create())
                .nodes(node)
                .build()) {
            RenderRequest request = RenderRequest.of(Scene.nodeDefault(), "1-5")
                    .outputFolder(frames)
                    .settings(RenderSettings.builder().width(320).height(180).build());
            RenderResult result = farm.submit(request).completion().get().orThrow();
            System.out.println(node + " rendered " + result.frames().size() + " frames into " + result.folder());
        }
    }
}
