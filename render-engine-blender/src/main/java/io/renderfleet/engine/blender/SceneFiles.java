package io.renderfleet.engine.blender;

import io.renderfleet.core.model.Failure;
import java.nio.file.Path;
import java.util.List;

/** The files that a scene needs beside itself: textures, sequences, caches, fonts, linked libraries. */
public sealed interface SceneFiles {

    /**
     * They are known.
     *
     * @param there files that are there, absolute, each once
     * @param missing files and folders of caches that the frames of the scene need and that are not there
     * @param unneeded the same of those that no frame can reach
     */
    record Listed(List<Path> there, List<Path> missing, List<Path> unneeded) implements SceneFiles {
        /** Copies the lists. */
        public Listed {
            there = List.copyOf(there);
            missing = List.copyOf(missing);
            unneeded = List.copyOf(unneeded);
        }
    }

    /**
     * The scene could not be asked.
     *
     * @param failure why
     */
    record Unknown(Failure failure) implements SceneFiles {}
}
