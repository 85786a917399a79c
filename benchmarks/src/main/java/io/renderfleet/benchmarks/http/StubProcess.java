package io.renderfleet.benchmarks.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The process of the stubs, as seen from the one that measures. */
final class StubProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final PrintStream commands;
    private final List<URI> addresses = new ArrayList<>();

    /**
     * What the stubs have done since the last report.
     *
     * @param frames how many frames were rendered at least once
     * @param once how many of them exactly once
     * @param overbooked how often a node got a batch although its slot was taken
     * @param calls how many calls there were of each sort
     * @param ends when each job ended, by {@link System#nanoTime()}, which both processes share
     */
    record Report(int frames, int once, int overbooked, Map<String, Integer> calls, Map<String, Long> ends) {}

    private StubProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    }

    /** Starts the stubs, and waits until all of them listen. */
    static StubProcess start(int nodes, int port, Duration renderTime) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        StubProcess stubs = new StubProcess(new ProcessBuilder(
                        java.toString(),
                        "-Xmx300m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StubNodes.class.getName(),
                        Integer.toString(nodes),
                        Integer.toString(port),
                        Long.toString(renderTime.toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        if (!"ready".equals(stubs.output.readLine())) {
            stubs.close();
            throw new IOException("the stubs did not start; is port " + port + " taken?");
        }
        for (int i = 0; i < nodes; i++) {
            stubs.addresses.add(URI.create("http://" + StubNodes.address(i) + ":" + port));
        }
        return stubs;
    }

    List<URI> addresses() {
        return addresses;
    }

    /** Says how much time on processors the process has taken. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    Report report() throws IOException {
        commands.println("report");
        String[] frames = line().split(" ", -1);
        Map<String, Integer> calls = new TreeMap<>();
        Map<String, Long> ends = new HashMap<>();
        for (String line = line(); !line.equals("done"); line = line()) {
            int last = line.lastIndexOf(' ');
            if (line.startsWith("calls ")) {
                calls.put(line.substring(6, last), Integer.parseInt(line.substring(last + 1)));
            } else {
                ends.put(line.substring(4, last), Long.parseLong(line.substring(last + 1)));
            }
        }
        return new Report(
                Integer.parseInt(frames[1]), Integer.parseInt(frames[3]), Integer.parseInt(frames[5]), calls, ends);
    }

    private String line() throws IOException {
        @Nullable String line = output.readLine();
        if (line == null) {
            throw new IOException("the stubs have ended");
        }
        return line;
    }

    @Override
    public void close() {
        commands.close();
        process.destroy();
    }
}
