package io.renderfleet.node.engine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts programs so that none outlives the node, even when the node is killed.
 *
 * <p>Linux can send a signal when a parent dies, but means the parent's <em>thread</em> (prctl(2), PR_SET_PDEATHSIG): hence all
 * programs are started by one permanent thread. Where {@code setpriv} and {@code timeout} are installed the program runs below
 * them: at the node's death {@code timeout} gets TERM, hands it to its whole process group, and sends KILL after a while.
 */
final class Launcher implements AutoCloseable {
    private final ExecutorService spawner;
    private final List<String> guard;

    /**
     * Prepares to start programs.
     *
     * @param grace how long after the node's death they have for their own
     * @param niceness by how much they give way to others, 0 to 19
     */
    Launcher(Duration grace, int niceness) {
        this.guard = new ArrayList<>(guard(grace));
        if (niceness > 0) {
            guard.addAll(List.of("nice", "-n", Integer.toString(niceness)));
        }
        this.spawner = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "command-spawner");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static List<String> guard(Duration grace) {
        Optional<Path> setpriv = find("setpriv");
        Optional<Path> timeout = find("timeout");
        if (setpriv.isEmpty()
                || timeout.isEmpty()
                || !System.getProperty("os.name").equals("Linux")) {
            return List.of();
        }
        return List.of(
                setpriv.get().toString(),
                "--pdeathsig",
                "TERM",
                timeout.get().toString(),
                "--kill-after=" + Math.max(1, grace.toSeconds()),
                "0");
    }

    /** Finds a program by its path, or by its name on the PATH. */
    static Optional<Path> find(String program) {
        if (program.contains("/") || program.contains(File.separator)) {
            return Optional.of(Path.of(program).toAbsolutePath()).filter(Files::isRegularFile);
        }
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, program).toAbsolutePath())
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /**
     * Starts a program; its two outputs come as one.
     *
     * @param command program and arguments
     * @param work where it runs and keeps its temporary files
     * @throws IOException if it cannot be started
     */
    Process start(List<String> command, Path work) throws IOException {
        List<String> guarded = new ArrayList<>(guard);
        guarded.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(guarded)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File(nullDevice())));
        tidy(builder.environment(), work);
        try {
            return spawner.submit(builder::start).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException("a program could not be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a program was started", e);
        }
    }

    /** Programs get no secrets of the node, and no Python modules that nobody meant for them. */
    private static void tidy(Map<String, String> environment, Path work) {
        environment.keySet().removeIf(name -> name.startsWith("RENDER_") || name.startsWith("PYTHON"));
        for (String name : List.of("TMPDIR", "TMP", "TEMP")) {
            environment.put(name, work.toString());
        }
    }

    private static String nullDevice() {
        return File.separatorChar == '\\' ? "NUL" : "/dev/null";
    }

    @Override
    public void close() {
        spawner.shutdown();
    }
}
