package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreFencedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own that opens a store and appends numbered transitions as fast as it can: its first one gets the number of those
 * that are kept. It prints a number once the store has acknowledged it. The other half of this class starts, freezes and kills it.
 */
final class AppendingProcess implements AutoCloseable {
    private static final int FENCED = 3;
    private static final int REFUSED = 4;

    private final Process process;
    private final Thread reader;
    private volatile long acknowledged = -1;
    private volatile String lastLine = "";

    private AppendingProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "appending-process-output");
        reader.start();
    }

    /** Starts it; {@code where} is a file, or an address of PostgreSQL. */
    static AppendingProcess start(String where, Duration ttl) throws IOException {
        return new AppendingProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile", ""),
                        AppendingProcess.class.getName(),
                        where,
                        Long.toString(ttl.toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A line that the kill cut short has no meaning.
                if (line.endsWith(".")) {
                    lastLine = line;
                    if (line.startsWith("ack ")) {
                        acknowledged = Long.parseLong(line.substring(4, line.length() - 1));
                    }
                }
            }
        } catch (IOException e) {
            lastLine = "its output ended with " + e;
        }
    }

    /** The greatest number that was acknowledged, or -1. */
    long acknowledged() {
        return acknowledged;
    }

    void freeze() throws Exception {
        signal("-STOP");
    }

    void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        int code = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("kill " + signal + " ended with " + code);
        }
    }

    /** With SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        ended();
    }

    /** Waits until it has ended and all that it printed is read, and gives its last line. */
    String ended() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("still running; its last line is " + lastLine);
        }
        reader.join();
        return lastLine;
    }

    boolean wasFenced() throws InterruptedException {
        ended();
        return process.exitValue() == FENCED;
    }

    boolean wasRefused() throws InterruptedException {
        ended();
        return process.exitValue() == REFUSED;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] args) {
        @Nullable JdbcJobStore store = args[0].startsWith("jdbc:")
                ? JdbcJobStore.postgres(args[0], "postgres", null, policy(Long.parseLong(args[1])))
                : JdbcJobStore.h2(Path.of(args[0]));
        try {
            long first = Samples.kept(store).size();
            for (long position = 0; ; position++) {
                Samples.get(store.append(position, List.of(Samples.numbered(first + position))));
                System.out.println("ack " + (first + position) + ".");
            }
        } catch (StoreFencedException e) {
            System.out.println("fenced: " + e.getMessage() + ".");
            System.exit(FENCED);
        } catch (StoreException e) {
            System.out.println("refused: " + e.getMessage() + ".");
            System.exit(REFUSED);
        }
    }

    private static LeasePolicy policy(long ttlMillis) {
        Duration ttl = Duration.ofMillis(ttlMillis);
        return new LeasePolicy("http://leader.example:4000", ttl, ttl.dividedBy(5));
    }
}
