package io.renderfleet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Renders a frame as a program does that takes its time and no processor: waits, and copies a picture. */
public final class SlowFrame {
    private SlowFrame() {}

    /**
     * Waits and copies.
     *
     * @param args the milliseconds, the picture, and where it goes
     * @throws IOException if the picture cannot be copied
     */
    public static void main(String[] args) throws IOException {
        long end =
                System.nanoTime() + Duration.ofMillis(Long.parseLong(args[0])).toNanos();
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        Files.copy(Path.of(args[1]), Path.of(args[2]));
    }
}
