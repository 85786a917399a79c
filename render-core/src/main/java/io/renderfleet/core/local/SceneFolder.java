package io.renderfleet.core.local;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Which folder belongs to a scene.
 *
 * <p>A node keeps what is sent to it below a folder that is named by the SHA-256 of what was sent; all else there belongs to other jobs. To a
 * scene that lies elsewhere belongs the folder that it is in.
 */
public final class SceneFolder {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private SceneFolder() {}

    /**
     * Finds the folder.
     *
     * @param scene a scene file
     * @return the folder that holds what came with it
     */
    public static Path of(Path scene) {
        Path file = scene.toAbsolutePath().normalize();
        for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
            Path name = folder.getFileName();
            if (name != null && DIGEST.matcher(name.toString()).matches()) {
                return folder;
            }
        }
        Path beside = file.getParent();
        return beside == null ? file : beside;
    }
}
