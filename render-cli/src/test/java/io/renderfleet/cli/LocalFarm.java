package io.renderfleet.cli;

import io.renderfleet.auth.Role;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A node and an orchestrator on free ports of this machine, which draw test patterns. */
final class LocalFarm implements AutoCloseable {
    static final String TOKEN = "a-token-of-this-test";
    static final String VIEWER = "of-one-who-only-looks";

    private final RenderNodeServer node;
    private final OrchestratorServer orchestrator;

    LocalFarm(Path folder, Duration perFrame) throws IOException {
        node = RenderNodeServer.builder(RenderNode.builder()
                        .engine(new TestPatternEngine(perFrame))
                        .outputRoot(folder.resolve("node"))
                        .build())
                .port(0)
                .start();
        orchestrator = OrchestratorServer.builder()
                .renderer("test-pattern")
                .transport(HttpTransport.create())
                .nodes(node.uri().toString())
                .outputRoot(folder.resolve("orchestrator"))
                .token(TOKEN)
                .token(VIEWER, Role.VIEWER, "vera")
                .port(0)
                .start();
    }

    String url() {
        return orchestrator.uri().toString();
    }

    /** Runs a command against this farm. */
    Ran render(Path tokenFile, String command, String... args) {
        List<String> all = new ArrayList<>(List.of(command));
        int options = List.of(args).indexOf("--");
        all.addAll(List.of(args).subList(0, options < 0 ? args.length : options));
        all.addAll(List.of("--orchestrator", url(), "--token-file", tokenFile.toString()));
        all.addAll(List.of(args).subList(options < 0 ? args.length : options, args.length));
        return Ran.render(all.toArray(String[]::new));
    }

    @Override
    public void close() {
        orchestrator.close();
        node.close();
    }
}
