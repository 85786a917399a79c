package io.renderfleet.benchmarks.attack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A program of the class path in a process of its own, which ends with this one at the latest. */
final class Program implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final Thread hook;

    private Program(Process process) {
        this.process = process;
        this.hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
        Thread reader = new Thread(this::read, "lines of process " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a main class with so much heap in a folder. */
    static Program start(String mainClass, int heapMib, Path folder, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMib + "m",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(args);
        return new Program(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start());
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("the output broke off: " + e);
        }
    }

    /** Waits for a line with these words and returns what stands behind them. */
    String await(String words, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            String line = lines.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new UncheckedIOException(new IOException("no '" + words + "' in " + seen));
            }
            seen.add(line);
            int at = line.indexOf(words);
            if (at >= 0) {
                return line.substring(at + words.length()).strip();
            }
        }
    }

    /** What stood behind these words in the last line that had them, of those that have come by now. */
    String latest(String words) {
        lines.drainTo(seen);
        return seen.stream()
                .filter(line -> line.contains(words))
                .reduce("", (before, line) -> line.substring(line.indexOf(words) + words.length()));
    }

    /** How much time on processors it has taken. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
