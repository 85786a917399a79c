package io.renderfleet.benchmarks.attack;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An orchestrator with a heap of 512 MB, and three nodes that draw test patterns, as an operator starts them. */
final class AttackedFarm implements AutoCloseable {
    static final String HONEST = "token-of-an-honest-client";
    static final String GREEDY = "token-of-a-greedy-client";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NODES = 3;

    private final List<Program> programs = new ArrayList<>();
    private final Program orchestrator;
    private final URI uri;
    private final URI health;

    AttackedFarm(Path folder) throws IOException, InterruptedException {
        Path tokens = folder.resolve("tokens");
        Files.createFile(tokens, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(tokens, HONEST + " submitter honest\n" + GREEDY + " submitter greedy\n");
        List<String> args = new ArrayList<>(List.of(
                "--port=0",
                "--health-port=0",
                "--token-file=" + tokens,
                "--renderer=test-pattern",
                "--output-root=frames"));
        try {
            for (int i = 0; i < NODES; i++) {
                Program node = start(
                        "io.renderfleet.node.server.NodeMain",
                        128,
                        folder,
                        List.of("--port=0", "--engine=test-pattern", "--output-root=node-" + i));
                args.add("--node=" + node.await("listening on ", PATIENCE).split(" ", 2)[0]);
            }
            orchestrator = start("io.renderfleet.orchestrator.OrchestratorMain", 512, folder, args);
            health = URI.create(orchestrator.await("health checks at ", PATIENCE));
            uri = URI.create(orchestrator.await("listening on ", PATIENCE));
        } catch (IOException | InterruptedException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private Program start(String mainClass, int heapMib, Path folder, List<String> args) throws IOException {
        Program program = Program.start(mainClass, heapMib, folder, args);
        programs.add(program);
        return program;
    }

    URI uri() {
        return uri;
    }

    URI health() {
        return health;
    }

    /** What the orchestrator has taken of processors. */
    Duration cpu() {
        return orchestrator.cpu();
    }

    boolean isAlive() {
        return programs.stream().allMatch(Program::isAlive);
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
    }
}
