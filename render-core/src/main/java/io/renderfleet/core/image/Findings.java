package io.renderfleet.core.image;

/** What a check finds out about a picture, beside flaws. Not thread-safe. */
final class Findings {
    private final ImageBounds bounds;
    private boolean sized;
    private boolean decodable;

    /**
     * Knows nothing yet.
     *
     * @param bounds what the picture may be
     */
    Findings(ImageBounds bounds) {
        this.bounds = bounds;
    }

    /** The picture says how large it is: the first time counts, since what follows are its parts. */
    void size(long width, long height) throws FlawException {
        if (sized) {
            return;
        }
        sized = true;
        String flaw = bounds.flawOf(width, height);
        if (flaw != null) {
            throw new FlawException(flaw);
        }
    }

    /** The JDK should decode it too, and can in bounded memory. */
    void decodable(boolean is) {
        decodable = is;
    }

    boolean isDecodable() {
        return decodable;
    }
}
