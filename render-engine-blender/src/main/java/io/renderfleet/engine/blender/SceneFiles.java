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
     * @param missing files that the scene refers to and that are not there
     */
    record Listed(List<Path> there, List<Path> missing) implements SceneFiles {
        /** Copies the lists. */
        public Listed {
            there = List.copyOf(there);
            missing = List.copyOf(missing);
        }
    }

    /**
     * The scene could not be asked.
     *
     * @param failure why
     */
    record Unknown(Failure failure) implements SceneFiles {}
}
