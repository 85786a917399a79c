package io.renderfleet.core.image;

import org.jspecify.annotations.Nullable;

/**
 * How large a picture may be.
 *
 * <p>A picture may be smaller than what was asked for, since a scene can crop its picture to a border, and twice as wide or twice as high, since
 * it can put the pictures for two eyes beside or above each other.
 *
 * @param width pixels, 1 to 65,536
 * @param height pixels, 1 to 65,536
 */
public record ImageBounds(int width, int height) {
    /** As large as any renderer of ours can be asked for. */
    public static final int LONGEST_SIDE = 65_536;

    /** Nothing is known of the picture. */
    public static final ImageBounds ANY = new ImageBounds(LONGEST_SIDE, LONGEST_SIDE);

    /**
     * Checks the sides.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public ImageBounds {
        require("width", width);
        require("height", height);
    }

    private static void require(String side, int pixels) {
        if (pixels < 1 || pixels > LONGEST_SIDE) {
            throw new IllegalArgumentException(side + " is " + pixels + ": it must be from 1 to " + LONGEST_SIDE);
        }
    }

    @Nullable String flawOf(long actualWidth, long actualHeight) {
        if (actualWidth < 1 || actualHeight < 1) {
            return "has an impossible size: " + actualWidth + " x " + actualHeight + " pixels";
        }
        boolean beside = actualWidth <= 2L * width && actualHeight <= height;
        boolean above = actualWidth <= width && actualHeight <= 2L * height;
        if (beside || above) {
            return null;
        }
        String most = equals(ANY) ? " is the most that is taken" : " was asked for";
        return "has " + actualWidth + " x " + actualHeight + " pixels, but " + width + " x " + height + most;
    }
}
