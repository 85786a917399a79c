package io.renderfleet.core.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an attempt beyond its transitions, kept with its end. Everything can be missing: nodes report little or much, and a
 * coordinator that takes over was not there before.
 *
 * @param sentAt when the coordinator first sent the batch
 * @param begunAt when the first frame began, as far as the coordinator saw it
 * @param renderedAt when the coordinator heard that the node was done
 * @param rendering what the accepted frames took on the node, together
 * @param renderer what rendered them
 * @param device the device that rendered them, such as {@code OPTIX, NVIDIA GeForce RTX 4090}, at most {@value #MAX_DEVICE} characters
 * @param peakBytes the most memory that the renderer had in use, in bytes, 0 or more
 */
public record AttemptFacts(
        @Nullable Instant sentAt,
        @Nullable Instant begunAt,
        @Nullable Instant renderedAt,
        @Nullable Duration rendering,
        @Nullable EngineInfo renderer,
        @Nullable String device,
        @Nullable Long peakBytes) {

    /** The longest device, in characters; of a longer one the beginning is kept. */
    public static final int MAX_DEVICE = 200;

    /** Nothing is known. */
    public static final AttemptFacts NONE = new AttemptFacts(null, null, null, null, null, null, null);

    /**
     * Shortens a device that is too long, and puts spaces in place of its control characters.
     *
     * @throws IllegalArgumentException if the memory is below 0
     */
    public AttemptFacts {
        if (device != null) {
            String plain = PlainText.of(device);
            device = plain.length() > MAX_DEVICE ? plain.substring(0, MAX_DEVICE) : plain;
        }
        if (peakBytes != null && peakBytes < 0) {
            throw new IllegalArgumentException("peakBytes is " + peakBytes + ": it must be 0 or more");
        }
    }
}
