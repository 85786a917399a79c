package io.renderfleet.testkit;

import io.renderfleet.core.output.FolderOutputs;
import io.renderfleet.core.spi.OutputStore;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Outputs in folders")
class FolderOutputsTest {
    @TempDir
    Path root;

    FolderOutputsTest() {}

    @Nested
    @DisplayName("of the coordinator")
    class Own extends OutputStoreContract {
        @Override
        protected OutputStore connect() {
            return new FolderOutputs(root.resolve("store"));
        }

        @Override
        protected Path requested() {
            return root.resolve("project").resolve("frames");
        }
    }

    @Nested
    @DisplayName("that nodes share")
    class Shared extends OutputStoreContract {
        @Override
        protected OutputStore connect() {
            return FolderOutputs.sharedWithNodes(root.resolve("store"));
        }

        @Override
        protected Path requested() {
            return root.resolve("store").resolve("project");
        }
    }
}
