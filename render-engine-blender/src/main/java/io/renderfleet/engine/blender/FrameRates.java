package io.renderfleet.engine.blender;

import io.renderfleet.core.model.FrameRate;
import org.jspecify.annotations.Nullable;

/** Frame rates as Blender keeps them: whole frames, divided by a base that is a number of single precision. */
final class FrameRates {
    private static final int MAX_DENOMINATOR = 1_000_000;

    private FrameRates() {}

    /**
     * Returns the rate as a fraction. The base is read as the simplest one that comes to the same number of single precision: 1.001 is
     * 1001/1000, although no such number is exactly that.
     *
     * @param framesPerSecond Blender's {@code render.fps}
     * @param base Blender's {@code render.fps_base}
     * @return the rate, or null where it lies outside of what a {@link FrameRate} can be
     */
    static @Nullable FrameRate of(int framesPerSecond, float base) {
        for (long denominator = 1; denominator <= MAX_DENOMINATOR; denominator++) {
            long numerator = Math.round((double) base * denominator);
            if ((float) ((double) numerator / denominator) == base) {
                try {
                    return new FrameRate(Math.multiplyExact((long) framesPerSecond, denominator), numerator);
                } catch (IllegalArgumentException | ArithmeticException e) {
                    return null;
                }
            }
        }
        return null;
    }
}
