package io.renderfleet.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A folder with all that is in it")
class FileTreeTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("is removed")
    void removed() throws IOException {
        Path root = folder.resolve("root");
        Files.createDirectories(root.resolve("deep/deeper"));
        Files.writeString(root.resolve("deep/file"), "content");

        FileTree.remove(root);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisplayName("may be a file, or may not be there")
    void fileOrNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "content");

        FileTree.remove(file);

        assertThat(file).doesNotExist();
        assertThatCode(() -> FileTree.remove(file)).doesNotThrowAnyException();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    @DisplayName("is removed with its links, and what they lead to stays")
    void links() throws IOException {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Files.writeString(kept.resolve("file"), "content");
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.createSymbolicLink(root.resolve("link"), kept);
        Path toRoot = Files.createSymbolicLink(folder.resolve("to-root"), kept);

        FileTree.remove(root);
        FileTree.remove(toRoot);

        assertThat(root).doesNotExist();
        assertThat(toRoot).doesNotExist();
        assertThat(kept.resolve("file")).hasContent("content");
    }

    /** No file can be removed from /proc, by nobody. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("stays where it cannot be removed, and that is no exception")
    void stays() {
        Path root = Path.of("/proc/self/fdinfo");

        assertThatCode(() -> FileTree.remove(root)).doesNotThrowAnyException();
        assertThat(root).isDirectory();
    }
}
