package io.renderfleet.engine.blender;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Renders with Blender, from 2.8 to 5.x.
 *
 * <p>{@code BlenderEngine.builder().build()} takes the Blender on the {@code PATH}. Building starts it once, to learn what it can do; where
 * that fails the engine is built all the same, refuses every task with the reason, which {@link #problem()} returns.
 *
 * <p>Scripts inside scenes do not run unless {@link Builder#trustScripts} allows them, since they can do whatever this process may.
 * Blender gets a chosen part of the environment, folders of its own for configuration and temporary files, and is ended with all
 * that it started; it ends by itself when this JVM does, even by SIGKILL.
 *
 * <p>Thread-safe. Each run has a thread of its own, and takes its session over from the run before where scene and settings are the
 * same (see {@link SessionMode}).
 */
public final class BlenderEngine implements RenderEngine {
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final Installation installation;
    private final SessionSource sessions;
    private final Map<BlenderRun, Thread> runs = new ConcurrentHashMap<>();
    private final @Nullable Path ownRoot;
    private volatile boolean closed;

    private BlenderEngine(BlenderConfig config, @Nullable Path ownRoot) {
        SessionFolder.clearLeftovers(config.sessionRoot());
        this.installation = Installation.find(config);
        this.sessions = new SessionSource(config);
        this.ownRoot = ownRoot;
    }

    /**
     * Begins with the defaults that the builder's methods name.
     *
     * @return a new builder, not thread-safe
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public EngineInfo info() {
        return new EngineInfo("blender", installation.version());
    }

    @Override
    public boolean bakes() {
        return true;
    }

    /**
     * Returns why this engine can render nothing at all.
     *
     * @return the reason, such as that Blender is not installed or lacks a shared library; empty where it is usable
     */
    public Optional<Failure> problem() {
        return Optional.ofNullable(installation.problem());
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        Optional<Failure> refused = installation.refuse(task.settings());
        if (refused.isPresent()) {
            return refused;
        }
        Path scene = task.scene();
        if (scene == null) {
            return Optional.of(Failure.of(
                    FailureKind.SCENE_NOT_HERE, "The request names no scene, and the node has no default: name one."));
        }
        if (!Files.isRegularFile(scene)) {
            return Optional.of(Failure.of(
                    FailureKind.SCENE_NOT_HERE,
                    "The scene '" + scene.getFileName() + "' is not on this node. "
                            + Diagnosis.advice(FailureKind.SCENE_NOT_HERE)));
        }
        return unreadable(scene);
    }

    private static Optional<Failure> unreadable(Path scene) {
        String reason;
        try {
            if (BlendFile.isPossible(scene)) {
                return Optional.empty();
            }
            reason = "is no .blend file";
        } catch (IOException e) {
            reason = "cannot be read";
        }
        return Optional.of(Failure.of(
                FailureKind.SCENE_UNREADABLE,
                "The scene '" + scene.getFileName() + "' " + reason + ". "
                        + Diagnosis.advice(FailureKind.SCENE_UNREADABLE)));
    }

    /**
     * Asks a scene which files it needs beside itself, so that they can be sent along. Opens it in a Blender of its own, without
     * running its scripts, and takes as long as that does.
     *
     * @param scene the scene file
     * @return the files, or why the scene could not be asked
     * @throws InterruptedException if the calling thread is interrupted meanwhile
     */
    public SceneFiles files(Path scene) throws InterruptedException {
        Failure problem = installation.problem();
        return problem == null
                ? sessions.files(scene.toAbsolutePath(), Listener.MUTE)
                : new SceneFiles.Unknown(problem);
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        BlenderRun run = new BlenderRun(sessions, task, sink);
        Failure refused = closed
                ? Failure.of(FailureKind.NODE_DRAINED, "The engine is closed.")
                : check(task).orElse(null);
        if (refused != null) {
            run.stop(refused);
        }
        // What is logged about a run bears the ids that its caller's lines bear.
        Map<String, String> logContext = MDC.getCopyOfContextMap();
        Thread thread = new Thread(
                () -> {
                    if (logContext != null) {
                        MDC.setContextMap(logContext);
                    }
                    try {
                        run.run();
                    } finally {
                        runs.remove(run);
                    }
                },
                "blender-run-" + task.name());
        thread.setDaemon(true);
        runs.put(run, thread);
        thread.start();
        return run;
    }

    @Override
    public void close() {
        closed = true;
        Map<BlenderRun, Thread> left = Map.copyOf(runs);
        left.keySet().forEach(run -> run.stop(Failure.of(FailureKind.NODE_DRAINED, "The node shuts down.")));
        try {
            for (Thread thread : left.values()) {
                thread.join(CLOSE_PATIENCE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.close();
        if (ownRoot != null) {
            FileTree.remove(ownRoot);
        }
    }

    /** Gathers how a node runs Blender. Not thread-safe. */
    public static final class Builder {
        private List<String> program = List.of("blender");
        private SessionMode mode = SessionMode.WARM;
        private boolean trustScripts;
        private int niceness;
        private Duration hangTimeout = Duration.ofMinutes(10);
        private Duration frameTimeout = Duration.ofHours(24);
        private Duration idleTimeout = Duration.ofMinutes(5);
        private int maxFrames = 1_000;
        private int maxIdle = 1;
        private long memoryLimit = physicalMemory() / 2;
        private Map<String, String> environment = Map.of();
        private @Nullable Path sessionRoot;
        private Sandbox sandbox = Sandbox.off("Nothing was said of a sandbox.");

        private Builder() {}

        /**
         * Sets which Blender to run; by default the one on the {@code PATH}.
         *
         * @param executable the program
         * @return this builder
         */
        public Builder blender(Path executable) {
            return program(List.of(executable.toString()));
        }

        /** Sets the program with arguments that come before all others. */
        Builder program(List<String> command) {
            this.program = List.copyOf(command);
            return this;
        }

        /**
         * Sets how long a process lives; by default {@link SessionMode#WARM}.
         *
         * @param value the mode
         * @return this builder
         */
        public Builder sessionMode(SessionMode value) {
            this.mode = value;
            return this;
        }

        /**
         * Allows scripts inside scenes to run; by default they do not, and scenes that need them are refused.
         *
         * @param value whether the authors of scenes may run code on this node
         * @return this builder
         */
        public Builder trustScripts(boolean value) {
            this.trustScripts = value;
            return this;
        }

        /**
         * Lets Blender stand back behind other programs; by default it does not.
         *
         * @param value 0 to 19, as of nice(1)
         * @return this builder
         */
        public Builder niceness(int value) {
            this.niceness = (int) within("niceness", value, 0, 19);
            return this;
        }

        /**
         * Sets how long Blender may give no sign of life, by default 10 minutes. Building the acceleration structure of a very large
         * scene is silent.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder hangTimeout(Duration value) {
            this.hangTimeout = positive("hangTimeout", value);
            return this;
        }

        /**
         * Sets how long a frame may take, by default 24 hours.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder frameTimeout(Duration value) {
            this.frameTimeout = positive("frameTimeout", value);
            return this;
        }

        /**
         * Sets how long a warm session waits for its next run, by default 5 minutes.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder idleTimeout(Duration value) {
            this.idleTimeout = positive("idleTimeout", value);
            return this;
        }

        /**
         * Sets after how many frames a warm session is replaced, by default 1,000.
         *
         * @param value at least 1
         * @return this builder
         */
        public Builder maxFrames(int value) {
            this.maxFrames = (int) within("maxFrames", value, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Sets how many warm sessions may wait at once, by default 1; as many as the node has slots is right.
         *
         * @param value 0 to 64
         * @return this builder
         */
        public Builder maxIdle(int value) {
            this.maxIdle = (int) within("maxIdle", value, 0, 64);
            return this;
        }

        /**
         * Sets how much memory a session may hold, by default half of the machine's. Above it geometry is no longer kept between
         * frames; a session that holds more even then is replaced.
         *
         * @param bytes resident memory, at least 1
         * @return this builder
         */
        public Builder memoryLimit(long bytes) {
            this.memoryLimit = within("memoryLimit", bytes, 1, Long.MAX_VALUE);
            return this;
        }

        /**
         * Sets environment variables beside the few that Blender inherits (paths, language, display, graphics drivers).
         *
         * @param variables names and values
         * @return this builder
         */
        public Builder environment(Map<String, String> variables) {
            this.environment = Map.copyOf(variables);
            return this;
        }

        /**
         * Sets where the folders of sessions are, by default in a new folder of the system's temporary one. What a killed node left
         * there is cleared.
         *
         * @param folder made if it is not there; of this node alone
         * @return this builder
         */
        public Builder sessionRoot(Path folder) {
            this.sessionRoot = folder.toAbsolutePath();
            return this;
        }

        /**
         * Shuts Blender in, and says which files scenes may name beside those in their own folder. By default Blender runs as the user
         * that starts it, and scenes may name no others; an application that takes scenes from strangers sets
         * {@code Sandbox.of(SandboxMode.REQUIRED)}.
         *
         * @param value the sandbox
         * @return this builder
         */
        public Builder sandbox(Sandbox value) {
            this.sandbox = value;
            return this;
        }

        /**
         * Starts Blender once to learn what it can do, and makes the engine.
         *
         * @return the engine; see {@link BlenderEngine#problem()}
         */
        public BlenderEngine build() {
            Path root = sessionRoot;
            Path own = null;
            if (root == null) {
                try {
                    own = Files.createTempDirectory("renderfleet-");
                } catch (IOException e) {
                    throw new UncheckedIOException("no temporary folder can be made", e);
                }
                root = own;
            }
            return new BlenderEngine(
                    new BlenderConfig(
                            program,
                            mode,
                            trustScripts,
                            niceness,
                            hangTimeout,
                            frameTimeout,
                            idleTimeout,
                            maxFrames,
                            mode == SessionMode.WARM ? maxIdle : 0,
                            memoryLimit,
                            environment,
                            root,
                            sandbox),
                    own);
        }

        private static Duration positive(String name, Duration value) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " is " + value + ": it must be more than zero");
            }
            return value;
        }

        private static long within(String name, long value, long low, long high) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(name + " is " + value + ": it must be from " + low + " to " + high);
            }
            return value;
        }

        private static long physicalMemory() {
            return ManagementFactory.getOperatingSystemMXBean()
                            instanceof com.sun.management.OperatingSystemMXBean system
                    ? system.getTotalMemorySize()
                    : Long.MAX_VALUE;
        }
    }
}
