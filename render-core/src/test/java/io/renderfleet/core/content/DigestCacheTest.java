package io.renderfleet.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A cache of digests")
class DigestCacheTest {
    /** No file has it: a cache that gives it back has not read. */
    private static final Sha256 REMEMBERED = new Sha256("ab".repeat(32));

    @TempDir
    Path folder;

    private final DigestCache digests = new DigestCache();

    private Path remembered(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("a"), content);
        digests.remember(file, FileStamp.of(file), REMEMBERED);
        return file;
    }

    @Test
    @DisplayName("does not read a file whose digest somebody else has taken")
    void remembers() throws Exception {
        Path file = remembered("pixels");

        assertThat(digests.of(folder.resolve("b/../a"))).isEqualTo(REMEMBERED);
        assertThat(new DigestCache().of(file)).isEqualTo(Sha256.of(file));
    }

    @Test
    @DisplayName("reads a file that was changed, although its length and the time of its last change say otherwise")
    void changed() throws Exception {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("unix"));
        Path file = remembered("pixels");
        FileTime before = Files.getLastModifiedTime(file);
        FileTime inode = (FileTime) Files.getAttribute(file, "unix:ctime");
        do {
            Files.writeString(file, "pixelz");
            Files.setLastModifiedTime(file, before);
        } while (Files.getAttribute(file, "unix:ctime").equals(inode));

        assertThat(digests.of(file)).isEqualTo(Sha256.of(file));
    }

    @Test
    @DisplayName("knows a file under another name, and under one more")
    void moved() throws Exception {
        Path file = remembered("pixels");

        Path moved = Files.move(file, folder.resolve("moved"));
        digests.moved(file, moved);
        assertThat(digests.of(moved)).isEqualTo(REMEMBERED);

        Path linked = Files.createLink(folder.resolve("linked"), moved);
        digests.moved(moved, linked);
        assertThat(digests.of(linked)).isEqualTo(REMEMBERED);
    }

    @Test
    @DisplayName("takes no other file for the one that it knows")
    void other() throws Exception {
        Path file = remembered("pixels");
        Path other = Files.writeString(folder.resolve("other"), "pixels");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));

        digests.moved(file, other);
        digests.moved(folder.resolve("unknown"), other);

        assertThat(digests.of(other)).isEqualTo(Sha256.of(other));
    }
}
