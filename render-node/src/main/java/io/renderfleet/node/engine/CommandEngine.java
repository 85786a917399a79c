package io.renderfleet.node.engine;

import io.renderfleet.core.local.Programs;
import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxView;
import io.renderfleet.core.local.SceneFolder;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Renders by any program, started once a frame from an argument list; no shell has a part in it.
 *
 * <pre>{@code
 * RenderEngine povray = CommandEngine.of("povray", "+I{scene}", "+O{output}", "+W{width:640}", "+H{height:360}", "+K{frame}");
 * }</pre>
 *
 * <p>Placeholders: {@code {frame}}, {@code {output}} (the file to write, absolute), {@code {folder}} (where it lies), {@code {work}}
 * (for temporary files), {@code {scene}}, and the settings by their names, such as {@code {width}}; {@code {width:640}} has a value
 * for requests that set none. A frame is done if the program ends with 0 and has written its file, or one that is called the same
 * but for its extension. A program that fails costs its frame, and the run goes on.
 *
 * <p>Each program is ended together with all that it started: TERM, and KILL after a grace time. Thread-safe.
 */
public final class CommandEngine implements RenderEngine {
    private static final Map<String, String> EXTENSIONS = Map.of(
            "PNG", ".png",
            "JPEG", ".jpg",
            "OPEN_EXR", ".exr",
            "OPEN_EXR_MULTILAYER", ".exr",
            "TIFF", ".tif",
            "WEBP", ".webp");

    private final CommandTemplate command;
    private final Duration grace;
    private final @Nullable Duration frameTimeout;
    private final Launcher launcher;
    private final EngineInfo info;
    private final Set<String> sceneSuffixes;
    private final Set<CommandRun> running = ConcurrentHashMap.newKeySet();

    private CommandEngine(Builder from) {
        this.command = CommandTemplate.of(from.command);
        this.grace = from.grace;
        this.frameTimeout = from.frameTimeout;
        this.launcher = new Launcher(grace, from.niceness, from.sandbox);
        this.sceneSuffixes = from.sceneSuffixes;
        this.info = new EngineInfo(
                "command", String.valueOf(Path.of(command.program()).getFileName()));
    }

    /**
     * Makes an engine with everything else as usual.
     *
     * @param command the program, by path or by name on the PATH, and its arguments
     * @return the engine
     * @throws IllegalArgumentException naming the argument that is wrong
     */
    public static CommandEngine of(String... command) {
        return builder(List.of(command)).build();
    }

    /**
     * Begins an engine.
     *
     * @param command the program, by path or by name on the PATH, and its arguments
     * @return a new builder
     */
    public static Builder builder(List<String> command) {
        return new Builder(command);
    }

    @Override
    public EngineInfo info() {
        return info;
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        String format = task.settings().format();
        if (format != null && !EXTENSIONS.containsKey(format)) {
            return Optional.of(Failure.of(
                    FailureKind.UNSUPPORTED_FORMAT,
                    "settings.format is " + format + ", which has no known extension."));
        }
        Optional<Failure> foreign = foreign(task.scene());
        if (foreign.isPresent()) {
            return foreign;
        }
        Optional<Path> program = Programs.find(command.program());
        if (program.isEmpty()) {
            return Optional.of(
                    Failure.of(
                            FailureKind.PROGRAM_NOT_FOUND,
                            "The program of this node is not there: tell its operator to install it or to correct the command."));
        }
        if (!Files.isExecutable(program.get())) {
            return Optional.of(Failure.of(
                    FailureKind.PROGRAM_NOT_EXECUTABLE,
                    "The program of this node cannot be executed: tell its operator to correct its permissions."));
        }
        return command.problem(frame(task, task.frames().first()));
    }

    /** Says why a scene is none of this program's; empty for any where no suffixes were named. */
    private Optional<Failure> foreign(@Nullable Path scene) {
        if (scene == null || sceneSuffixes.isEmpty()) {
            return Optional.empty();
        }
        String name = String.valueOf(scene.getFileName());
        if (sceneSuffixes.stream()
                .anyMatch(suffix ->
                        name.regionMatches(true, name.length() - suffix.length(), suffix, 0, suffix.length()))) {
            return Optional.empty();
        }
        return Optional.of(Failure.of(
                FailureKind.SCENE_UNREADABLE,
                "The scene '" + name + "' is none of this node's: its program takes files whose names end with "
                        + String.join(", ", new TreeSet<>(sceneSuffixes)) + "."));
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        CommandRun run = new CommandRun(this, task, sink);
        running.add(run);
        run.start();
        return run;
    }

    @Override
    public void close() {
        running.forEach(
                run -> run.stop(Failure.of(FailureKind.NODE_DRAINED, "The engine was closed while it rendered.")));
    }

    void ended(CommandRun run) {
        running.remove(run);
    }

    Duration grace() {
        return grace;
    }

    @Nullable Duration frameTimeout() {
        return frameTimeout;
    }

    /** Starts the program for one frame. */
    Process launch(CommandTemplate.Frame frame) throws IOException {
        RenderTask task = frame.task();
        List<Path> readable = new ArrayList<>(command.files());
        Path scene = task.scene();
        if (scene != null) {
            readable.add(scene);
            readable.add(SceneFolder.of(scene));
        }
        Path work = task.workFolder();
        SandboxView view = new SandboxView(readable, List.of(work, task.outputFolder()), work);
        return launcher.start(command.fill(frame), work, view);
    }

    CommandTemplate command() {
        return command;
    }

    static CommandTemplate.Frame frame(RenderTask task, int number) {
        String format = task.settings().format();
        String extension = format == null ? ".png" : EXTENSIONS.getOrDefault(format, ".png");
        return new CommandTemplate.Frame(
                task, number, task.outputFolder().resolve(task.output().path(number) + extension));
    }

    /** Gathers what an engine needs. Not thread-safe. */
    public static final class Builder {
        private final List<String> command;
        private Duration grace = Duration.ofSeconds(5);
        private @Nullable Duration frameTimeout;
        private int niceness;
        private Set<String> sceneSuffixes = Set.of();
        private Sandbox sandbox = Sandbox.off("Nothing was said of a sandbox.");

        private Builder(List<String> command) {
            this.command = List.copyOf(command);
        }

        /**
         * Sets how long a program may take to end by itself before it is killed.
         *
         * @param value positive; default 5 seconds
         * @return this builder
         */
        public Builder grace(Duration value) {
            this.grace = requirePositive("grace", value);
            return this;
        }

        /**
         * Sets how long one frame may take.
         *
         * @param value positive; default no limit
         * @return this builder
         */
        public Builder frameTimeout(Duration value) {
            this.frameTimeout = requirePositive("frameTimeout", value);
            return this;
        }

        /**
         * Sets by how much programs give way to others that want the processor; needs the program {@code nice}.
         *
         * @param value 0 (as important as the node) to 19 (only what nobody else wants); default 0
         * @return this builder
         */
        public Builder niceness(int value) {
            if (value < 0 || value > 19) {
                throw new IllegalArgumentException("niceness is " + value + ": it must be from 0 to 19");
            }
            this.niceness = value;
            return this;
        }

        /**
         * Shuts programs in: each sees its scene's folder, the files that the command names, and the folders of its task. By default they
         * run as the user that starts them.
         *
         * @param value the sandbox
         * @return this builder
         */
        public Builder sandbox(Sandbox value) {
            this.sandbox = value;
            return this;
        }

        /**
         * Sets which scenes the program takes; by default any.
         *
         * @param suffixes how their files' names end, such as {@code .pov}, in whatever case; none for any
         * @return this builder
         * @throws IllegalArgumentException if one is no dot with letters and digits behind it
         */
        public Builder sceneSuffixes(Set<String> suffixes) {
            for (String suffix : suffixes) {
                if (!suffix.matches("(\\.[A-Za-z0-9]{1,16}){1,3}")) {
                    throw new IllegalArgumentException("a scene suffix is '" + suffix + "': it must be like .pov");
                }
            }
            this.sceneSuffixes = Set.copyOf(suffixes);
            return this;
        }

        /**
         * Makes the engine.
         *
         * @return the engine
         * @throws IllegalArgumentException naming the argument of the command that is wrong
         */
        public CommandEngine build() {
            return new CommandEngine(this);
        }

        private static Duration requirePositive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " is " + value + ": it must be positive");
            }
            return value;
        }
    }
}
