package io.renderfleet.core.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A frame that is accepted")
class SyncedFramesTest {
    private static final JobId JOB = new JobId("shot");
    private static final AttemptId ATTEMPT = new AttemptId("f-1", 1, 17);
    private static final String NAME = "beauty/shot_0001.png";
    private static final OutputFile FILE = new OutputFile(NAME, 6, digest("pixels"), true);

    @TempDir
    Path root;

    private Path folder;
    private Path receipts;

    SyncedFramesTest() {}

    @BeforeEach
    void places() throws IOException {
        folder = root.toRealPath().resolve(JOB.value());
        receipts = folder.resolve(".renderfleet").resolve(JOB.value()).resolve("published");
    }

    /** Syncs, and notes of each call what was there when it came. */
    private final class Watched implements DiskSync {
        private final List<String> seen = new ArrayList<>();

        @Override
        public void file(Path file) throws IOException {
            note("file", file);
            FULL.file(file);
        }

        @Override
        public void folder(Path synced) throws IOException {
            note("folder", synced);
            FULL.folder(synced);
        }

        private void note(String kind, Path synced) {
            String receipt =
                    Files.exists(receipts.resolve(NAME).resolve(FILE.sha256().hex())) ? " receipt" : "";
            String name = Files.exists(folder.resolve(NAME)) ? " name" : "";
            seen.add(kind + " " + root.toAbsolutePath().relativize(synced) + ":" + receipt + name);
        }
    }

    /** A disk that fails at what has that in its path. */
    private record Failing(String where) implements DiskSync {
        @Override
        public void file(Path file) throws IOException {
            fail(file);
        }

        @Override
        public void folder(Path folder) throws IOException {
            fail(folder);
        }

        private void fail(Path path) throws IOException {
            if (path.toString().endsWith(where)) {
                throw new IOException("Input/output error");
            }
        }
    }

    private static OutputFile publish(FolderOutputs outputs) throws IOException {
        Path staged = outputs.stage(JOB, ATTEMPT, FILE);
        Files.writeString(staged, "pixels");
        return outputs.publish(JOB, staged, FILE);
    }

    private static Sha256 digest(String bytes) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes.getBytes(StandardCharsets.UTF_8));
        return Sha256.of(digest);
    }

    @Test
    @DisplayName(
            "is on the disk: its content before its receipt, that before its name, and its name before it is accepted")
    void order() throws Exception {
        Watched disk = new Watched();
        FolderOutputs outputs = new FolderOutputs(root, false, disk);
        outputs.open(JOB, null);
        disk.seen.clear();

        assertThat(publish(outputs)).isEqualTo(FILE);

        assertThat(disk.seen)
                .containsExactly(
                        "file shot/.renderfleet/shot/1-17/beauty/shot_0001.png:",
                        "folder shot/.renderfleet/shot/published/beauty/shot_0001.png: receipt",
                        "folder shot/.renderfleet/shot/published/beauty: receipt",
                        "folder shot/.renderfleet/shot/published: receipt",
                        "folder shot/beauty: receipt name",
                        "folder shot: receipt name");
    }

    @Test
    @DisplayName("lies in a folder that is on the disk, with all that had to be made above it")
    void opened() throws Exception {
        Watched disk = new Watched();
        FolderOutputs outputs = new FolderOutputs(root, false, disk);

        outputs.open(JOB, root.resolve("show/shots/one"));

        assertThat(disk.seen)
                .containsExactly(
                        "folder show/shots/one/.renderfleet/shot:",
                        "folder show/shots/one/.renderfleet:",
                        "folder show/shots/one:",
                        "folder show/shots:",
                        "folder show:",
                        "folder :");
    }

    @Test
    @DisplayName("is on the disk also where its node has left it in a shared folder")
    void adopted() throws Exception {
        Watched disk = new Watched();
        FolderOutputs outputs = new FolderOutputs(root, true, disk);
        outputs.open(JOB, null);
        Path rendered = folder.resolve(".attempts/1-17").resolve(NAME);
        Files.createDirectories(folder.resolve(".attempts/1-17/beauty"));
        Files.writeString(rendered, "pixels");
        Path staged = outputs.stage(JOB, ATTEMPT, FILE);
        assumeTrue(outputs.adopt(JOB, ATTEMPT, FILE, staged, ContentCheck.NONE), "no hard links here");
        disk.seen.clear();

        outputs.publish(JOB, staged, FILE);

        assertThat(disk.seen)
                .startsWith("file shot/.renderfleet/shot/1-17/beauty/shot_0001.png:")
                .endsWith("folder shot/beauty: receipt name", "folder shot: receipt name");
    }

    @Test
    @DisplayName("is on the disk also where a process has published it that may not have come to wait for that")
    void publishedBefore() throws Exception {
        FolderOutputs killed = new FolderOutputs(root).leavingSyncToSystem();
        killed.open(JOB, null);
        publish(killed);
        Watched disk = new Watched();
        FolderOutputs outputs = new FolderOutputs(root, false, disk);
        outputs.open(JOB, null);
        disk.seen.clear();

        assertThat(publish(outputs)).isEqualTo(FILE);

        assertThat(disk.seen)
                .contains(
                        "file shot/beauty/shot_0001.png: receipt name",
                        "folder shot/.renderfleet/shot/published/beauty/shot_0001.png: receipt name",
                        "folder shot/beauty: receipt name");
    }

    @Test
    @DisplayName("does not get its name where its content or its receipt may not be on the disk")
    void failsBefore() throws Exception {
        for (String where : List.of("1-17/beauty/shot_0001.png", "published/beauty/shot_0001.png", "published")) {
            FolderOutputs outputs = new FolderOutputs(root, false, new Failing(where));
            outputs.open(JOB, null);

            assertThatThrownBy(() -> publish(outputs)).hasMessage("Input/output error");
            assertThat(folder.resolve(NAME)).as("after %s has failed", where).doesNotExist();
        }
    }

    @Test
    @DisplayName("is not accepted where its name may not be on the disk, and is found there by the next try")
    void failsAfter() throws Exception {
        FolderOutputs outputs = new FolderOutputs(root, false, new Failing("shot/beauty"));
        outputs.open(JOB, null);

        assertThatThrownBy(() -> publish(outputs)).hasMessage("Input/output error");

        FolderOutputs next = new FolderOutputs(root);
        next.open(JOB, null);
        assertThat(publish(next)).isEqualTo(FILE);
    }

    @Test
    @DisplayName("can lie in a folder that may be written but not opened: its names are left to the system")
    void folderThatCannotBeOpened() throws Exception {
        assumeTrue(root.getFileSystem().supportedFileAttributeViews().contains("posix"), "no permissions here");
        Path shut = Files.createDirectory(root.resolve("shut"));
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("-wx------"));
        try {
            DiskSync.FULL.folder(shut);
        } finally {
            Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwx------"));
        }
        assertThatThrownBy(() -> DiskSync.FULL.folder(root.resolve("gone"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DiskSync.FULL.file(root.resolve("gone"))).isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("waits for no disk where that is left to the system")
    void leftToSystem() throws Exception {
        FolderOutputs outputs = new FolderOutputs(root, false, new Failing("")).leavingSyncToSystem();
        outputs.open(JOB, null);

        assertThat(publish(outputs)).isEqualTo(FILE);
    }
}
