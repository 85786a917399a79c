package io.renderfleet.node.output;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.files.SafePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The zip of a scene whose simulations were baked, as it lies in the folder of an attempt. */
public final class BakedFile {
    /** Its name. A frame's own file always has digits in its name, and any other file is refused this one. */
    public static final String NAME = ".baked.zip";

    private BakedFile() {}

    /**
     * Moves a zip away from the engine.
     *
     * @param baked what the engine says
     * @param work the folder that the zip must lie in
     * @param attempt where it goes, as {@value #NAME}; on the same file system it is renamed
     * @param engine what has baked it
     * @return its description
     * @throws IOException if it cannot be moved; nothing is left of it in the attempt's folder then
     * @throws IllegalArgumentException if it is no file of the work folder, is empty, or the entry leaves it; likewise
     */
    public static BakedScene take(EngineEvent.SceneBaked baked, Path work, Path attempt, EngineInfo engine)
            throws IOException {
        if (!SafePath.isOwn(work, baked.zip())) {
            throw new IllegalArgumentException("the engine's zip is no file below the work folder of its task");
        }
        Path file = attempt.resolve(NAME);
        boolean whole = false;
        try {
            Files.move(baked.zip(), file, StandardCopyOption.REPLACE_EXISTING);
            BakedScene scene = new BakedScene(Sha256.of(file), Files.size(file), baked.entry(), engine);
            whole = true;
            return scene;
        } finally {
            if (!whole) {
                Files.deleteIfExists(file);
            }
        }
    }
}
