package io.renderfleet.node;

import io.renderfleet.node.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a node keeps its files.
 *
 * @param output the output root, without links
 * @param state what the node keeps for itself
 */
record NodeFolders(Path output, Path state) {
    static final String ATTEMPTS = ".attempts";

    static NodeFolders open(Path outputRoot, Path state) throws IOException {
        NodeFolders folders = new NodeFolders(
                Files.createDirectories(outputRoot).toRealPath(),
                Files.createDirectories(state).toRealPath());
        FileTree.remove(folders.work());
        Files.createDirectories(folders.work());
        Files.createDirectories(folders.logs());
        return folders;
    }

    Path scenes() {
        return state.resolve("scenes");
    }

    Path logs() {
        return state.resolve("logs");
    }

    /** Work of the last boot is of no use to anybody: cleared at each start. */
    Path work() {
        return state.resolve("work");
    }
}
