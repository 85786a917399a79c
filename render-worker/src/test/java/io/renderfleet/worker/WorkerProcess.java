package io.renderfleet.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, from the class path of the tests. */
final class WorkerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final List<String> seen = new ArrayList<>();

    private WorkerProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    static WorkerProcess start(Path folder, String... args) throws IOException {
        return start(folder, Map.of(), args);
    }

    static WorkerProcess start(Path folder, Map<String, String> environment, String... args) throws IOException {
        return start(List.of(), folder, environment, args);
    }

    /** The same by a program that becomes the one that it is told. */
    static WorkerProcess start(List<String> by, Path folder, Map<String, String> environment, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                WorkerMain.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new WorkerProcess(builder.start());
    }

    /** Waits for a line; gives it. */
    String await(String part) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.add(line);
            if (line.contains(part)) {
                return line;
            }
        }
        throw new IOException("it ended and had not said '" + part + "': " + seen);
    }

    /** Waits for its end; gives the exit code. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        kill();
    }
}
