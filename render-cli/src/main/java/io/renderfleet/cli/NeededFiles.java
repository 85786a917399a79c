package io.renderfleet.cli;

import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.engine.blender.SceneFiles;
import io.renderfleet.engine.blender.SessionMode;
import java.nio.file.Path;
import java.util.List;

/** Asks the Blender of this machine which files a scene needs beside itself: textures, caches, fonts, linked libraries. */
final class NeededFiles {
    private static final int SHOWN = 20;

    private final Screen screen;

    NeededFiles(Screen screen) {
        this.screen = screen;
    }

    /**
     * Asks a scene, whose scripts do not run meanwhile. It names what lies outside of the folder of the scene before anything is sent: a
     * scene of somebody else's can name any file of this machine.
     *
     * @param scene its file, absolute
     * @return files that are there, absolute
     */
    List<Path> of(Path scene) {
        try (BlenderEngine blender =
                BlenderEngine.builder().sessionMode(SessionMode.PROCESS).build()) {
            SceneFiles answer = blender.files(scene);
            if (answer instanceof SceneFiles.Unknown unknown) {
                throw OrchestratorCommand.usage("--with-files asks Blender for them: "
                        + unknown.failure().message());
            }
            SceneFiles.Listed listed = (SceneFiles.Listed) answer;
            tell("is not there, and not sent", listed.missing());
            tellUnneeded(listed.unneeded());
            tell(
                    "is sent from outside of the scene's folder",
                    listed.there().stream()
                            .filter(file -> !file.startsWith(scene.resolveSibling("")))
                            .toList());
            return listed.there().stream().filter(file -> !file.equals(scene)).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw OrchestratorCommand.usage("interrupted while Blender looked through the scene");
        }
    }

    /** A word is enough: no picture will be wrong for want of them. */
    private void tellUnneeded(List<Path> files) {
        if (!files.isEmpty()) {
            String first = TerminalText.line(files.get(0).toString());
            screen.note(
                    files.size() == 1
                            ? first + " is not there, but no frame needs it"
                            : first + " and " + (files.size() - 1) + " more are not there, but no frame needs them");
        }
    }

    private void tell(String what, List<Path> files) {
        files.stream().limit(SHOWN).forEach(file -> screen.note(TerminalText.line(file.toString()) + " " + what));
        if (files.size() > SHOWN) {
            screen.note("… and " + (files.size() - SHOWN) + " more");
        }
    }
}
