package io.renderfleet.core.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What one program in a sandbox may take, as setrlimit(2) counts it.
 *
 * <p>Memory is {@code RLIMIT_DATA}: private memory that can be written to, of each process by itself. The address space is not limited,
 * since drivers of graphics cards reserve far more of it than they use. Processes are {@code RLIMIT_NPROC}, threads included; since Linux
 * 5.14 they are counted for each sandbox by itself, before that for all programs of the node's user together, and never for root.
 *
 * @param memoryBytes at least 64 MiB
 * @param processes at least 16
 * @param fileBytes the longest file that can be written, at least 1 MiB
 */
public record SandboxLimits(long memoryBytes, int processes, long fileBytes) {
    private static final long MIB = 1024L * 1024;

    /** The machine's memory, 4,096 processes, files of 16 GiB. */
    public static final SandboxLimits DEFAULT = new SandboxLimits(physicalMemory(), 4_096, 16_384 * MIB);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming the one that is too small
     */
    public SandboxLimits {
        require("memoryBytes", memoryBytes, 64 * MIB);
        require("processes", processes, 16);
        require("fileBytes", fileBytes, MIB);
    }

    private static void require(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ": it must be at least " + least);
        }
    }

    private static long physicalMemory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemTotal:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .map(bytes -> Math.max(bytes, 64 * MIB))
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException | UncheckedIOException | NumberFormatException notLinux) {
            return Long.MAX_VALUE;
        }
    }
}
