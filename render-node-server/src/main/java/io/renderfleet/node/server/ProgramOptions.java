package io.renderfleet.node.server;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.engine.blender.SessionMode;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.node.engine.CommandEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which program renders, and what it may take. */
final class ProgramOptions {
    private static final long MIB = 1024L * 1024;
    private static final int WEEK = 7 * 86_400;

    @Option(names = "--blender", paramLabel = "PATH", description = "The Blender to run (default: that of the PATH).")
    private @Nullable Path blender;

    @Option(
            names = "--command",
            arity = "1..*",
            paramLabel = "ARG",
            description = "The program of --engine command and its arguments, run once a frame and never by a shell:"
                    + " {frame}, {output}, {scene} and settings such as {width:640} are filled in.")
    private List<String> command = new ArrayList<>();

    @Option(
            names = "--scene-suffix",
            paramLabel = ".SUFFIX",
            split = ",",
            description = "How the names of scenes end that the program of --engine command takes, such as .pov; others"
                    + " are refused (default: it takes any).")
    private Set<String> sceneSuffixes = new LinkedHashSet<>();

    @Option(
            names = "--session",
            paramLabel = "MODE",
            description = "warm keeps Blender and its scene loaded between batches, process does not (default: warm).")
    private @Nullable SessionMode session;

    @Option(
            names = "--trust-scripts",
            description = "Lets scripts inside scenes run: whoever sends scenes can then run code on this machine.")
    private boolean trustScripts;

    @Option(
            names = "--hang-timeout",
            paramLabel = "SECONDS",
            description = "How long Blender may give no sign of life before it is ended (default: 600).")
    private @Nullable Integer hangSeconds;

    @Option(
            names = "--memory-limit",
            paramLabel = "MIB",
            description =
                    "How much memory a Blender may hold: above it geometry is no longer kept between frames, then it is"
                            + " replaced (default: half of the machine's).")
    private @Nullable Integer memoryMebibytes;

    @Option(
            names = "--idle-sessions",
            paramLabel = "N",
            description = "How many warm Blenders may wait for their next batch (default: as many as there are slots).")
    private @Nullable Integer idleSessions;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            description = "How long a warm Blender waits for its next batch before it ends (default: 300).")
    private @Nullable Integer idleSeconds;

    @Option(
            names = "--frame-timeout",
            paramLabel = "SECONDS",
            description = "How long a frame may take before its program is ended (default: 86400; --engine command: no"
                    + " limit).")
    private @Nullable Integer frameSeconds;

    @Option(
            names = "--niceness",
            paramLabel = "N",
            description = "How much the programs stand back behind others, 0 to 19 as of nice (default: 0).")
    private @Nullable Integer niceness;

    /** Refuses what does not go together with the engine, or is out of range. */
    void check(NodeOptions.Engine engine) {
        if (engine != NodeOptions.Engine.BLENDER) {
            refuse("--blender", blender, "blender", engine);
            refuse("--session", session, "blender", engine);
            refuse("--trust-scripts", trustScripts ? true : null, "blender", engine);
            refuse("--hang-timeout", hangSeconds, "blender", engine);
            refuse("--memory-limit", memoryMebibytes, "blender", engine);
            refuse("--idle-sessions", idleSessions, "blender", engine);
            refuse("--idle-timeout", idleSeconds, "blender", engine);
        }
        if (engine == NodeOptions.Engine.TEST_PATTERN) {
            refuse("--frame-timeout", frameSeconds, "blender or command", engine);
            refuse("--niceness", niceness, "blender or command", engine);
        }
        if (engine == NodeOptions.Engine.COMMAND && command.isEmpty()) {
            throw new IllegalArgumentException("--engine command needs --command and the program to run");
        }
        if (engine != NodeOptions.Engine.COMMAND) {
            refuse("--command", command.isEmpty() ? null : command, "command", engine);
            refuse("--scene-suffix", sceneSuffixes.isEmpty() ? null : sceneSuffixes, "command", engine);
        }
        Flags.requireWithin("--hang-timeout", hangSeconds, 1, WEEK);
        Flags.requireWithin("--memory-limit", memoryMebibytes, 1, Integer.MAX_VALUE);
        Flags.requireWithin("--idle-sessions", idleSessions, 0, 64);
        Flags.requireWithin("--idle-timeout", idleSeconds, 1, WEEK);
        Flags.requireWithin("--frame-timeout", frameSeconds, 1, 4 * WEEK);
        Flags.requireWithin("--niceness", niceness, 0, 19);
    }

    private static void refuse(String flag, @Nullable Object value, String of, NodeOptions.Engine engine) {
        if (value != null) {
            throw new IllegalArgumentException(flag + " is for --engine " + of + ", not for " + engine);
        }
    }

    /** Programs run in folders of their own, where a path that is relative to this one would lead nowhere. */
    private static Path fromHere(Path program) {
        return program.getNameCount() > 1 ? program.toAbsolutePath() : program;
    }

    private static List<String> fromHere(List<String> command) {
        List<String> whole = new ArrayList<>(command);
        whole.set(0, fromHere(Path.of(command.get(0))).toString());
        return whole;
    }

    /** The engine that runs any program. */
    RenderEngine commandEngine(Sandbox sandbox) {
        CommandEngine.Builder builder = CommandEngine.builder(fromHere(command)).sandbox(sandbox);
        builder.sceneSuffixes(sceneSuffixes);
        if (frameSeconds != null) {
            builder.frameTimeout(Duration.ofSeconds(frameSeconds));
        }
        if (niceness != null) {
            builder.niceness(niceness);
        }
        return builder.build();
    }

    /**
     * The engine that runs Blender.
     *
     * @throws IllegalArgumentException if that Blender cannot be run
     */
    RenderEngine blenderEngine(Path sessions, int slots, Sandbox sandbox) {
        BlenderEngine.Builder builder = BlenderEngine.builder()
                .trustScripts(trustScripts)
                .sessionRoot(sessions)
                .sandbox(sandbox)
                .maxIdle(idleSessions == null ? Math.min(slots, 64) : idleSessions);
        if (blender != null) {
            builder.blender(fromHere(blender));
        }
        if (session != null) {
            builder.sessionMode(session);
        }
        if (hangSeconds != null) {
            builder.hangTimeout(Duration.ofSeconds(hangSeconds));
        }
        if (memoryMebibytes != null) {
            builder.memoryLimit(memoryMebibytes * MIB);
        }
        if (idleSeconds != null) {
            builder.idleTimeout(Duration.ofSeconds(idleSeconds));
        }
        if (frameSeconds != null) {
            builder.frameTimeout(Duration.ofSeconds(frameSeconds));
        }
        if (niceness != null) {
            builder.niceness(niceness);
        }
        BlenderEngine made = builder.build();
        made.problem().ifPresent(problem -> {
            made.close();
            throw new IllegalArgumentException(problem.message());
        });
        return made;
    }
}
