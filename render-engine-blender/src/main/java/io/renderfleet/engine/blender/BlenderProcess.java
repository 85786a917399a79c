package io.renderfleet.engine.blender;

import io.renderfleet.core.local.ProcessTree;
import io.renderfleet.core.local.Spawner;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Blender that runs the driver script: commands in, signals out.
 *
 * <p>One thread at a time talks to it; {@link #wake} and {@link #end} may be called from any. Its output is read by a thread of its own into a bounded
 * queue, so that a Blender that nobody listens to waits rather than fills the memory.
 */
final class BlenderProcess {
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int LONGEST_LINE = 8_192;
    private static final int WAITING_SIGNALS = 4_096;

    private final Process process;
    private final String marker;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>(WAITING_SIGNALS);
    private volatile boolean ended;

    /** Something that Blender or its driver said, or that it ended. */
    sealed interface Signal {
        /** A line of Blender's own. */
        record Line(String text) implements Signal {}

        /** A line of the driver's. */
        record Driver(DriverEvent event) implements Signal {}

        /** Nothing happened, but the waiting thread should check whether it is stopped. */
        record Woken() implements Signal {}

        /** The process is gone. */
        record Exited(int code) implements Signal {}
    }

    private BlenderProcess(Process process, String marker) {
        this.process = process;
        this.marker = marker;
    }

    static BlenderProcess start(LaunchCommand command, String marker) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command.arguments())
                .directory(command.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        Process process = Spawner.start(builder.redirectErrorStream(true));
        BlenderProcess started = new BlenderProcess(process, marker);
        Thread reader = new Thread(started::read, "blender-output-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        return started;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a command. A process that is gone takes none: {@link #next} reports its end. */
    void send(String verb, Map<String, ?> arguments) {
        byte[] line = (verb + " " + FormText.encode(arguments) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            OutputStream input = process.getOutputStream();
            input.write(line);
            input.flush();
        } catch (IOException e) {
            // The pipe is broken because the process ended; the reader says so.
        }
    }

    /** Waits for the next signal; null when there was none in time. After {@link Signal.Exited} there is none. */
    @Nullable Signal next(Duration patience) throws InterruptedException {
        return signals.poll(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
    }

    /** Ends a wait in {@link #next}. Where the queue is full nobody waits. */
    void wake() {
        boolean unused = signals.offer(new Signal.Woken());
    }

    /** Asks the driver to quit, and ends the process and all that it started if it does not. Returns when they are gone. */
    void quit() {
        send("quit", Map.of());
        try {
            if (process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
    }

    /** Ends the process and all that it started: TERM, then KILL. Returns when they are gone. */
    void end() {
        ended = true;
        ProcessTree.end(process.toHandle(), GRACE);
        signals.clear(); // nobody listens any more: a reader that waits for room goes on
    }

    private void read() {
        try (InputStream output = new BufferedInputStream(process.getInputStream())) {
            String line = readLine(output);
            while (line != null) {
                if (!line.isBlank() && !ended) {
                    DriverEvent event = DriverEvent.parse(line, marker);
                    signals.put(event == null ? new Signal.Line(line) : new Signal.Driver(event));
                }
                line = readLine(output);
            }
        } catch (IOException e) {
            // Closed under the reader: the process ended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tellExit();
    }

    private void tellExit() {
        try {
            signals.put(new Signal.Exited(process.waitFor()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads a line of bounded length; the rest of a longer one is dropped. */
    private static @Nullable String readLine(InputStream input) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(160);
        int next = input.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (next != '\r' && line.size() < LONGEST_LINE) {
                line.write(next);
            }
            next = input.read();
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
