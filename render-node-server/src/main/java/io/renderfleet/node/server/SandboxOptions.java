package io.renderfleet.node.server;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxLimits;
import io.renderfleet.core.local.SandboxMode;
import io.renderfleet.http.server.cli.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say what programs that render may do on the machine. */
final class SandboxOptions {
    private static final long MIB = 1024L * 1024;

    @Option(
            names = "--sandbox",
            paramLabel = "MODE",
            description =
                    "auto shuts programs in where bubblewrap works, required starts nowhere else, off lets them run as"
                            + " the node's user (default: auto).")
    private @Nullable SandboxMode mode;

    @Option(
            names = "--sandbox-read",
            paramLabel = "PATH",
            description = "A file or folder that scenes may read from, beside their own folder and --scene-root;"
                    + " repeatable.")
    private List<Path> readable = new ArrayList<>();

    @Option(
            names = "--sandbox-memory",
            paramLabel = "MIB",
            description = "How much memory each process in the sandbox may take (default: all of the machine's).")
    private @Nullable Integer memoryMebibytes;

    @Option(
            names = "--sandbox-processes",
            paramLabel = "N",
            description = "How many processes and threads a sandbox may have (default: 4096).")
    private @Nullable Integer processes;

    @Option(
            names = "--sandbox-file-size",
            paramLabel = "MIB",
            description = "How long a file may be that is written in the sandbox (default: 16384).")
    private @Nullable Integer fileMebibytes;

    /** Refuses what is out of range, or for an engine that starts no programs. */
    void check(NodeOptions.Engine engine) {
        boolean isSet = mode != null
                || !readable.isEmpty()
                || memoryMebibytes != null
                || processes != null
                || fileMebibytes != null;
        if (engine == NodeOptions.Engine.TEST_PATTERN && isSet) {
            throw new IllegalArgumentException(
                    "--sandbox and its like are for --engine blender or command, not for " + engine);
        }
        Flags.requireWithin("--sandbox-memory", memoryMebibytes, 64, Integer.MAX_VALUE);
        Flags.requireWithin("--sandbox-processes", processes, 16, Integer.MAX_VALUE);
        Flags.requireWithin("--sandbox-file-size", fileMebibytes, 1, Integer.MAX_VALUE);
        for (Path path : readable) {
            if (!Files.exists(path)) {
                throw new IllegalArgumentException("--sandbox-read " + path + " is not there");
            }
        }
    }

    /**
     * Finds out what works here.
     *
     * @param roots what scenes may read from beside what the flags say
     * @param hidden what no program is to see
     * @throws IllegalArgumentException if the sandbox is required and does not work
     */
    Sandbox sandbox(List<Path> roots, List<Path> hidden) {
        SandboxLimits usual = SandboxLimits.DEFAULT;
        SandboxLimits limits = new SandboxLimits(
                memoryMebibytes == null ? usual.memoryBytes() : memoryMebibytes * MIB,
                processes == null ? usual.processes() : processes,
                fileMebibytes == null ? usual.fileBytes() : fileMebibytes * MIB);
        return Sandbox.of(mode == null ? SandboxMode.AUTO : mode)
                .reading(roots)
                .reading(readable)
                .hiding(hidden)
                .limitedTo(limits);
    }
}
