package io.renderfleet.core.model;

/**
 * One file of a rendered frame.
 *
 * @param name the path relative to the job's folder, with {@code /} between folders; any characters but controls and those that
 *     Windows refuses, so that a scene's own names stay as the artist wrote them
 * @param bytes its length, at least 1
 * @param sha256 the digest of its content
 * @param main whether this is the frame's picture; others are passes or extra outputs
 */
public record OutputFile(String name, long bytes, Sha256 sha256, boolean main) {

    /**
     * Checks name and length.
     *
     * @throws IllegalArgumentException if the name is absolute or leaves its root, or the file is empty
     */
    public OutputFile {
        RelativePaths.requireFile("file name", name);
        if (bytes < 1) {
            throw new IllegalArgumentException("file '" + name + "' has " + bytes + " bytes: an output is never empty");
        }
    }
}
