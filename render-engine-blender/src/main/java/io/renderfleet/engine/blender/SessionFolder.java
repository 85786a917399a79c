package io.renderfleet.engine.blender;

import io.renderfleet.core.local.FileTree;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What belongs to one Blender process: the driver script, its configuration, its temporary files.
 *
 * <p>A killed Blender leaves a folder in TMPDIR behind, so that this is its own and cleared with the rest. The name bears the id of
 * this JVM: a later one clears what a killed one left.
 *
 * @param root the whole
 */
record SessionFolder(Path root) {
    private static final Logger log = LoggerFactory.getLogger(SessionFolder.class);
    private static final List<String> SCRIPTS = List.of(
            "driver.py",
            "animation.py",
            "aside.py",
            "bakes.py",
            "baking.py",
            "bounds.py",
            "caches.py",
            "channel.py",
            "colors.py",
            "files.py",
            "held.py",
            "needed.py",
            "needs.py",
            "nodes.py",
            "outputs.py",
            "pace.py",
            "preflight.py",
            "reach.py",
            "readable.py",
            "settings.py",
            "sidefiles.py",
            "simulation.py",
            "sources.py",
            "strips.py",
            "structs.py",
            "timeline.py",
            "updates.py");
    private static final String PREFIX = "blender-";

    static SessionFolder create(Path parent) throws IOException {
        Files.createDirectories(parent);
        Path root = Files.createTempDirectory(
                parent.toRealPath(), PREFIX + ProcessHandle.current().pid() + "-");
        SessionFolder folder = new SessionFolder(root);
        Files.createDirectories(folder.temporary());
        Files.createDirectories(folder.configuration());
        Files.createDirectories(folder.frames());
        Files.createDirectories(folder.script().getParent());
        for (String name : SCRIPTS) {
            try (InputStream source = SessionFolder.class.getResourceAsStream("driver/" + name)) {
                if (source == null) {
                    throw new FileNotFoundException("the driver script " + name + " is not on the class path");
                }
                Files.copy(source, folder.script().resolveSibling(name));
            }
        }
        return folder;
    }

    /** Clears the folders that JVMs left which are gone. */
    static void clearLeftovers(Path parent) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (var entries = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
            for (Path entry : entries) {
                String[] parts = entry.getFileName().toString().split("-", 3);
                if (parts[1].matches("\\d{1,10}")
                        && ProcessHandle.of(Long.parseLong(parts[1])).isEmpty()) {
                    new SessionFolder(entry).clear();
                }
            }
        } catch (IOException e) {
            log.warn("Leftovers in {} could not be listed: {}", parent, e.toString());
        }
    }

    Path script() {
        return root.resolve("driver").resolve("driver.py");
    }

    Path temporary() {
        return root.resolve("tmp");
    }

    Path configuration() {
        return root.resolve("config");
    }

    /** Where frames are written that a sandbox keeps from writing to where they go. */
    Path frames() {
        return root.resolve("frames");
    }

    /** Deletes everything. */
    void clear() {
        FileTree.remove(root);
    }
}
