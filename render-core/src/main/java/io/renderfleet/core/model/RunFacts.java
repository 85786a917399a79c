package io.renderfleet.core.model;

import org.jspecify.annotations.Nullable;

/**
 * What a node says of how a batch was rendered there.
 *
 * @param device what computed, in the renderer's words, such as {@code CUDA, NVIDIA RTX A5000}; null where the renderer does not say
 * @param peakMemoryBytes how much memory the renderer had at most until the batch ended; one that was kept from an earlier batch may have had it
 *     then. Null where it does not say
 */
public record RunFacts(@Nullable String device, @Nullable Long peakMemoryBytes) {
    private static final int MAX_DEVICE = 200;

    /** Nothing is known. */
    public static final RunFacts NONE = new RunFacts(null, null);

    /** Puts spaces in place of control characters, cuts the device after 200 characters, and takes numbers below 1 as unknown. */
    public RunFacts {
        device = device == null ? null : cut(PlainText.of(device));
        peakMemoryBytes = peakMemoryBytes != null && peakMemoryBytes < 1 ? null : peakMemoryBytes;
    }

    private static String cut(String text) {
        return text.length() > MAX_DEVICE ? text.substring(0, MAX_DEVICE) + "…" : text;
    }

    /**
     * Adds the device.
     *
     * @param value what computed
     * @return a changed copy
     */
    public RunFacts withDevice(String value) {
        return new RunFacts(value, peakMemoryBytes);
    }

    /**
     * Adds how much memory there was.
     *
     * @param bytes at most so far
     * @return a changed copy if that is more than was known
     */
    public RunFacts withPeakMemory(long bytes) {
        return peakMemoryBytes != null && peakMemoryBytes >= bytes ? this : new RunFacts(device, bytes);
    }
}
