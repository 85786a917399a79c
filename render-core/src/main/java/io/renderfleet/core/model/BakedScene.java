package io.renderfleet.core.model;

/**
 * A scene with its simulations baked, as a node hands it out: a zip that takes the place of the scene that was sent.
 *
 * @param sha256 the digest of the zip
 * @param bytes its length, at least 1
 * @param entry which file in the zip is the scene
 * @param engine what has saved it; what is older may not be able to read it
 */
public record BakedScene(Sha256 sha256, long bytes, String entry, EngineInfo engine) {

    /**
     * Checks entry and length.
     *
     * @throws IllegalArgumentException if the entry is absolute or leaves the zip, or the zip is empty
     */
    public BakedScene {
        RelativePaths.require("scene entry", entry);
        if (bytes < 1) {
            throw new IllegalArgumentException("a baked scene of " + bytes + " bytes: it is never empty");
        }
    }
}
