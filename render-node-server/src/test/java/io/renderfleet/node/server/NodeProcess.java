package io.renderfleet.node.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a process of its own, from the class path of the tests. */
final class NodeProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+:\\d+)");

    private final Process process;
    private final BufferedReader lines;
    private final List<String> seen = new ArrayList<>();

    private NodeProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    static NodeProcess start(Path folder, Map<String, String> environment, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx128m",
                // They start often and do not live long.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                NodeMain.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new NodeProcess(builder.start());
    }

    /** Waits for the line that says where it listens. */
    URI awaitListening() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.add(line);
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                return URI.create(matcher.group(1));
            }
        }
        throw new IOException("it ended before it listened: " + seen);
    }

    /** Where it says that health checks are answered, before it says where it listens. */
    URI health() {
        String words = "health checks at ";
        return seen.stream()
                .filter(line -> line.contains(words))
                .map(line -> URI.create(
                        line.substring(line.indexOf(words) + words.length()).strip()))
                .findFirst()
                .orElseThrow();
    }

    /** What it says until its end. */
    List<String> awaitEnd() throws IOException, InterruptedException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.add(line);
        }
        process.waitFor();
        return List.copyOf(seen);
    }

    /** Ends it by SIGKILL, and returns what it had started. */
    List<ProcessHandle> kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        return children;
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Sends SIGTERM, and leaves the output open, which {@link Process#destroy} would close. */
    void terminate() {
        process.toHandle().destroy();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
