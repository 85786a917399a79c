package io.renderfleet.node;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.local.OwnFolder;
import io.renderfleet.node.files.AtomicFile;
import io.renderfleet.node.files.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a node keeps its files, which it owns until they are closed.
 *
 * @param output the output root, without links
 * @param state what the node keeps for itself
 * @param lock keeps other nodes out of the state folder
 */
record NodeFolders(Path output, Path state, FolderLock lock) implements AutoCloseable {
    static final String ATTEMPTS = ".attempts";

    static NodeFolders open(Path outputRoot, Path state) throws IOException {
        Path output = OwnFolder.makeForGroup(outputRoot).toRealPath();
        Path own = OwnFolder.makePrivate(state).toRealPath();
        NodeFolders folders = new NodeFolders(output, own, FolderLock.take(own));
        try {
            folders.prepare();
            return folders;
        } catch (IOException e) {
            folders.close();
            throw e;
        }
    }

    private void prepare() throws IOException {
        // Work of the last boot is of no use to anybody, nor are files that were being written.
        FileTree.remove(work());
        FileTree.remove(RenderNode.sessions(state));
        try (Stream<Path> files = Files.list(state)) {
            files.filter(file -> file.toString().endsWith(AtomicFile.PART_SUFFIX))
                    .forEach(FileTree::remove);
        }
        for (Path folder : List.of(work(), logs(), jobs())) {
            Files.createDirectories(folder);
        }
    }

    Path scenes() {
        return state.resolve("scenes");
    }

    Path logs() {
        return state.resolve("logs");
    }

    Path jobs() {
        return state.resolve("jobs");
    }

    Path work() {
        return state.resolve("work");
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
