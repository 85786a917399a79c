package io.renderfleet.orchestrator;

import io.renderfleet.node.server.NodeMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program in a process of its own, from the class path of the tests. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+:\\d+)");

    private final Process process;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<URI> listening = new CompletableFuture<>();
    private final Thread reader;

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "lines of a process");
        reader.setDaemon(true);
        reader.start();
    }

    static ServerProcess start(Class<?> main, Path folder, Map<String, String> environment, String... args)
            throws IOException {
        return start(128, main, folder, environment, args);
    }

    /** The same with so many MiB of heap. */
    static ServerProcess start(int heap, Class<?> main, Path folder, Map<String, String> environment, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx" + heap + "m",
                // They start often and do not live long.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                main.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start());
    }

    /** Starts a node that draws test patterns. */
    static ServerProcess node(Path folder, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("--port=0", "--engine=test-pattern"));
        args.addAll(List.of(more));
        return start(NodeMain.class, folder, Map.of(), args.toArray(String[]::new));
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    listening.complete(URI.create(matcher.group(1)));
                }
            }
        } catch (IOException e) {
            lines.add("the output broke off: " + e);
        }
        listening.completeExceptionally(new IOException("it ended before it listened: " + lines));
    }

    /** Waits for the line that says where it listens. */
    URI uri() {
        return listening.join();
    }

    /** What it says until its end. */
    List<String> awaitEnd() throws InterruptedException {
        process.waitFor();
        reader.join();
        return List.copyOf(lines);
    }

    /** Whether it has said that by now. */
    boolean hasSaid(String words) {
        synchronized (lines) {
            return lines.stream().anyMatch(line -> line.contains(words));
        }
    }

    /** All that it has said by now. */
    List<String> said() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Lets it run for a while. False if it ended by itself. */
    boolean runsFor(Duration time) throws InterruptedException {
        return !process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Sends SIGTERM, and leaves the output open, which {@link Process#destroy} would close. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGKILL. */
    void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Sends SIGKILL, and waits until it is gone. */
    void killAndWait() {
        close();
    }

    /** Sends SIGSTOP: it does nothing more, and keeps its connections. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Sends SIGCONT: it goes on as if nothing had been. */
    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill " + signal + " ended with " + code);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
