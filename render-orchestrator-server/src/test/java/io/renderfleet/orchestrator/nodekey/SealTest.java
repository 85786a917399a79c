package io.renderfleet.orchestrator.nodekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A seal")
class SealTest {
    private static final String ONE = "one secret of more than 32 characters";
    private static final String TWO = "two secrets of more than 32 characters";

    @TempDir
    private Path folder;

    private Seal seal(String... lines) throws IOException {
        return Seal.read(Files.writeString(folder.resolve("secret"), String.join("\n", lines)));
    }

    @Test
    @DisplayName("opens what it closed, each time in other characters, and nothing under another name or changed")
    void opens() throws IOException {
        Seal seal = seal(ONE);

        String closed = seal.close("n-1", "the key");

        assertThat(seal.open("n-1", closed)).contains("the key");
        assertThat(seal.close("n-1", "the key")).isNotEqualTo(closed);
        assertThat(seal.open("n-2", closed)).isEmpty();
        char last = closed.charAt(20) == 'A' ? 'B' : 'A';
        assertThat(seal.open("n-1", closed.substring(0, 20) + last + closed.substring(21)))
                .isEmpty();
        assertThat(seal.open("n-1", "no base 64!")).isEmpty();
        assertThat(seal.open("n-1", "")).isEmpty();
    }

    @Test
    @DisplayName("goes on to open what an old secret has closed, once a new one stands in front of it")
    void replaced() throws IOException {
        String old = seal(ONE).close("n-1", "the key");

        Seal both = seal("# the new one", TWO, ONE);
        String fresh = both.close("n-1", "the key");

        assertThat(both.open("n-1", old)).contains("the key");
        assertThat(seal(TWO).open("n-1", fresh)).contains("the key");
        assertThat(seal(TWO).open("n-1", old)).isEmpty();
    }

    @Test
    @DisplayName("makes its secret where there is none, for its user alone, and has the same one the next time")
    void made() throws IOException {
        Path file = folder.resolve("deep/secret");

        String closed = Seal.readOrMake(file).close("n-1", "the key");

        assertThat(Seal.readOrMake(file).open("n-1", closed)).contains("the key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    @DisplayName("refuses a file without a secret, or with one that is short, and does not show it")
    void refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> seal("# nothing")).withMessageContaining("no secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> seal("hunter2"))
                .withMessageContaining("7 characters")
                .withMessageNotContaining("hunter2");
    }
}
