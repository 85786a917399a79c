package io.renderfleet.engine.blender;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds out whether the system has killed processes for want of memory since a moment.
 *
 * <p>A process that is killed can't say who did it. Linux counts its own kills in {@code /proc/vmstat} ({@code oom_kill}, see
 * proc_vmstat(5)).
 *
 * @param before the count at that moment, -1 where the system does not say
 */
record OutOfMemoryKills(long before) {
    private static final Path COUNTERS = Path.of("/proc/vmstat");
    private static final String COUNTER = "oom_kill ";

    static OutOfMemoryKills now() {
        return new OutOfMemoryKills(count());
    }

    /** Where the system does not say, want of memory is the likeliest reason of a kill. */
    boolean haveHappened() {
        return before < 0 || count() > before;
    }

    private static long count() {
        try {
            return Files.readAllLines(COUNTERS, StandardCharsets.US_ASCII).stream()
                    .filter(line -> line.startsWith(COUNTER))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(COUNTER.length()).strip()))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
