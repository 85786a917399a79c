package io.renderfleet.http.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@DisplayName("A program")
class ProgramTest {
    private final Example example = new Example();
    private final StringWriter errors = new StringWriter();

    private int run(Map<String, String> variables, String... args) {
        return new Program(example, "EXAMPLE_", variables, Set.of("SECRET"))
                .errors(new PrintWriter(errors, true))
                .run(args);
    }

    @Test
    @DisplayName("takes each flag from a variable as well, and from the command line first")
    void variables() {
        Map<String, String> variables = Map.of(
                "EXAMPLE_PORT", " 7 ",
                "EXAMPLE_QUICK", "TRUE",
                "EXAMPLE_NAMES", "a, b,c",
                "EXAMPLE_LABELS", "k=v,x=y",
                "EXAMPLE_SECRET", "not a flag",
                "OTHER_PORT", "9");

        assertThat(run(variables, "--name", "z")).isZero();
        assertThat(example.port).isEqualTo(7);
        assertThat(example.quick).isTrue();
        assertThat(example.names).containsExactly("z");
        assertThat(example.labels).containsEntry("k", "v").containsEntry("x", "y");
    }

    @Test
    @DisplayName("has lists of values with commas from lines")
    void lines() {
        assertThat(run(Map.of("EXAMPLE_NAMES", "a,b\nc\n"))).isZero();
        assertThat(example.names).containsExactly("a,b", "c");
    }

    @Test
    @DisplayName("tells in one line what is wrong with its configuration, and ends with 2")
    void wrong() {
        assertThat(run(Map.of(), "--nonsense")).isEqualTo(2);
        assertThat(errors.toString()).isEqualTo("example: Unknown option: '--nonsense'; --help lists all flags\n");
        assertThat(run(Map.of("EXAMPLE_QUICK", "yes"))).isEqualTo(2);
        assertThat(errors.toString()).contains("EXAMPLE_QUICK is 'yes': it must be true or false");
        assertThat(run(Map.of("EXAMPLE_PORT", "x"))).isEqualTo(2);
        assertThat(run(Map.of("EXAMPLE_PROT", "7"))).isEqualTo(2);
        assertThat(errors.toString())
                .contains(
                        "the variable EXAMPLE_PROT is unknown: flags as variables are EXAMPLE_LABELS, EXAMPLE_LOG_FORMAT, EXAMPLE_NAMES,");
        assertThat(run(Map.of("EXAMPLE_LOG_FORMAT", "xml"))).isEqualTo(2);
        assertThat(errors.toString()).contains("'--log-format'", "TEXT, JSON");
        example.failure = new IllegalArgumentException("a and b exclude\n each other");
        assertThat(run(Map.of())).isEqualTo(2);
        assertThat(errors.toString()).endsWith("example: a and b exclude each other\n");
    }

    @Test
    @DisplayName("tells in one line why it failed, and ends with 1")
    void failed() {
        example.failure = new IOException("the address is in use");
        assertThat(run(Map.of())).isEqualTo(1);
        assertThat(errors.toString()).isEqualTo("example: the address is in use\n");
    }

    @Test
    @DisplayName("says what is wrong with a file, of which the JDK tells nothing but the path")
    void files() {
        example.failure = new AccessDeniedException("/out/x");
        assertThat(run(Map.of())).isEqualTo(1);
        assertThat(errors.toString())
                .startsWith("example: /out/x: this program's user ('")
                .endsWith("') has no right to read or write there\n");
        example.failure = new UncheckedIOException("the folder cannot be made", new NoSuchFileException("/x"));
        assertThat(run(Map.of())).isEqualTo(1);
        assertThat(errors.toString())
                .endsWith("example: the folder cannot be made: /x: there is no such file or folder\n");
    }

    @Test
    @DisplayName("knows in which locales not every name of a file can be used")
    void locales() {
        assertThat(FileNames.limit("UTF-8")).isEmpty();
        assertThat(FileNames.limit(null)).isEmpty();
        assertThat(FileNames.limit("ANSI_X3.4-1968")).get().asString().contains("ANSI_X3.4-1968", "LC_ALL=C.UTF-8");
        assertThat(FileNames.limit("ISO-8859-1")).isPresent();
    }

    @Test
    @DisplayName("names the flag of a file of tokens that is no text")
    void binaryTokens(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("tokens"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatThrownBy(() -> TokenFile.tokens("--token-file", file, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--token-file " + file + " is no text");
    }

    @Command(name = "example")
    private static final class Example implements Callable<Integer> {
        @Option(names = "--port", defaultValue = "1")
        private int port;

        @Option(names = "--quick")
        private boolean quick;

        @Option(names = "--name")
        private List<String> names = new ArrayList<>();

        @Option(names = "--label")
        private Map<String, String> labels = new LinkedHashMap<>();

        private @Nullable Exception failure;

        @Override
        public Integer call() throws Exception {
            if (failure != null) {
                throw failure;
            }
            return 0;
        }
    }
}
