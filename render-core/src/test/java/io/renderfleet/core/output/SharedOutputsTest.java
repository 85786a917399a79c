package io.renderfleet.core.output;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Outputs in a folder that nodes share")
class SharedOutputsTest {
    private static final JobId JOB = new JobId("shot");
    private static final AttemptId ATTEMPT = new AttemptId("f-1", 3, 17);
    private static final String NAME = "shot_0001.png";

    @TempDir
    Path root;

    @TempDir
    Path elsewhere;

    private FolderOutputs outputs;

    SharedOutputsTest() {}

    @BeforeEach
    void open() throws IOException {
        outputs = FolderOutputs.sharedWithNodes(root);
        outputs.open(JOB, null);
    }

    private Path rendered(String attempt, String bytes) throws IOException {
        Path folder = Files.createDirectories(
                root.resolve(JOB.value()).resolve(".attempts").resolve(attempt));
        return Files.writeString(folder.resolve(NAME), bytes);
    }

    private static OutputFile announced(Path file) throws IOException {
        return new OutputFile(NAME, Files.size(file), Sha256.of(file), true);
    }

    @Test
    @DisplayName("publish what a node has left there, without a copy, and the node's own stays")
    void adopts() throws IOException {
        Path rendered = rendered("3-17", "pixels");
        OutputFile file = announced(rendered);
        Path staged = outputs.stage(JOB, ATTEMPT, file);

        assertThat(outputs.adopt(JOB, ATTEMPT, file, staged, ContentCheck.NONE)).isTrue();
        assertThat(outputs.publish(JOB, staged, file)).isEqualTo(file);

        Path published = outputs.published(JOB, NAME);
        assertThat(Files.isSameFile(published, rendered)).isTrue();
    }

    @Test
    @DisplayName("find an attempt that was begun under an earlier epoch, or in a second folder of its number")
    void findsByNumber() throws IOException {
        rendered("2-17", "what the node had given up");
        OutputFile file = announced(rendered("2-17-j-5f0c", "pixels"));

        assertThat(outputs.adopt(JOB, ATTEMPT, file, outputs.stage(JOB, ATTEMPT, file), ContentCheck.NONE))
                .isTrue();
    }

    @Test
    @DisplayName("take nothing of another attempt, of other bytes, or behind a link")
    void refuses() throws IOException {
        OutputFile file = announced(rendered("3-170", "pixels"));
        Path staged = outputs.stage(JOB, ATTEMPT, file);
        assertThat(outputs.adopt(JOB, ATTEMPT, file, staged, ContentCheck.NONE)).isFalse();

        Path other = rendered("3-17", "pixelz");
        assertThat(outputs.adopt(JOB, ATTEMPT, file, staged, ContentCheck.NONE)).isFalse();

        Files.delete(other);
        Files.createSymbolicLink(other, Files.writeString(elsewhere.resolve("secret"), "pixels"));
        assertThat(outputs.adopt(JOB, ATTEMPT, file, staged, ContentCheck.NONE)).isFalse();
        assertThat(staged).doesNotExist();
    }

    @Test
    @DisplayName("take nothing in which the check finds something wrong, and show it every byte otherwise")
    void checks() throws IOException {
        OutputFile file = announced(rendered("3-17", "pixels"));
        Path staged = outputs.stage(JOB, ATTEMPT, file);
        StringBuilder shown = new StringBuilder();

        assertThat(outputs.adopt(JOB, ATTEMPT, file, staged, bytes -> "is no picture"))
                .isFalse();
        assertThat(staged).doesNotExist();
        assertThat(outputs.adopt(JOB, ATTEMPT, file, staged, bytes -> {
                    shown.append(StandardCharsets.UTF_8.decode(bytes));
                    return null;
                }))
                .isTrue();
        assertThat(shown).hasToString("pixels");
    }

    @Test
    @DisplayName("are fetched where nobody was told that they are shared")
    void notShared() throws IOException {
        FolderOutputs own = new FolderOutputs(root);
        own.open(JOB, null);
        OutputFile file = announced(rendered("3-17", "pixels"));

        assertThat(own.adopt(JOB, ATTEMPT, file, own.stage(JOB, ATTEMPT, file), ContentCheck.NONE))
                .isFalse();
    }

    @Test
    @DisplayName(
            "are fetched where the system allows no second name for the node's file, as for one on another file system")
    void cannotBeLinked() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory) && !Files.getFileStore(memory).equals(Files.getFileStore(root)));
        Path far = Files.createTempDirectory(memory, "attempts");
        try {
            Path attempt = Files.createDirectory(far.resolve("3-17"));
            Path rendered = Files.writeString(attempt.resolve(NAME), "pixels");
            Files.createSymbolicLink(root.resolve(JOB.value()).resolve(".attempts"), far);
            OutputFile file = announced(rendered);
            Path staged = outputs.stage(JOB, ATTEMPT, file);

            assertThat(outputs.adopt(JOB, ATTEMPT, file, staged, ContentCheck.NONE))
                    .isFalse();
            assertThat(staged).doesNotExist();
        } finally {
            Files.delete(far.resolve("3-17").resolve(NAME));
            Files.delete(far.resolve("3-17"));
            Files.delete(far);
        }
    }
}
