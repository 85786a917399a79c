package io.renderfleet.node;

import io.renderfleet.core.model.NodeId;
import io.renderfleet.node.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who a node is: made once, kept in its state folder. */
final class NodeIdentity {
    private NodeIdentity() {}

    static NodeId make() {
        return new NodeId(Ids.next("n-", 16));
    }

    static NodeId readOrMake(Path state) throws IOException {
        Path file = state.resolve("node-id");
        if (Files.exists(file)) {
            String text = Files.readString(file).strip();
            try {
                return new NodeId(text);
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "the file 'node-id' in the node's state folder holds no node id: " + e.getMessage(), e);
            }
        }
        NodeId id = make();
        AtomicFile.write(file, id.value() + "\n");
        return id;
    }
}
