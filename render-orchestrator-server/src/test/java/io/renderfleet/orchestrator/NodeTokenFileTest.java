package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A file with the tokens of nodes")
class NodeTokenFileTest {
    private static final URI ONE = URI.create("http://node-1:3000");
    private static final URI TWO = URI.create("http://node-2:3000");

    @TempDir
    private Path folder;

    private Instant time = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> time;

    private NodeTokenFile read(String text) throws IOException {
        return NodeTokenFile.read(Files.writeString(folder.resolve("tokens"), text), clock);
    }

    private void change(String text) throws IOException {
        Files.writeString(folder.resolve("tokens"), text);
        time = time.plusSeconds(1);
    }

    @Test
    @DisplayName("has one for each node that it names, and one for all others")
    void byUrl() throws IOException {
        NodeTokenFile tokens = read("# the attic\nshared\nhttp://node-1:3000/ first\n");

        assertThat(tokens.tokenFor(ONE)).contains("first");
        assertThat(tokens.tokenFor(TWO)).contains("shared");
        assertThat(read("http://node-1:3000 first").tokenFor(TWO)).isEmpty();
    }

    @Test
    @DisplayName("is read again when it changes, and what it had counts while it is wrong or gone")
    void changes() throws IOException {
        NodeTokenFile tokens = read("shared");

        change("another");
        assertThat(tokens.tokenFor(ONE)).contains("another");
        change("far too many words");
        assertThat(tokens.tokenFor(ONE)).contains("another");
        Files.delete(folder.resolve("tokens"));
        time = time.plusSeconds(1);
        assertThat(tokens.tokenFor(ONE)).contains("another");
        change("http://node-1:3000 first");
        assertThat(tokens.tokenFor(ONE)).contains("first");
        assertThat(tokens.tokenFor(TWO)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "secret1 secret2 secret3 | each line must be TOKEN or URL TOKEN",
                "secret1 secret2 | must begin with the URL of a node",
                "secret1; secret2 | two tokens for all nodes",
                "http://n:1 secret1; http://n:1/ secret2 | two tokens for http://n:1",
            })
    @DisplayName("is refused where a line is wrong, in words without a token")
    void refused(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(text.replace("; ", "\n")))
                .withMessageContaining(why)
                .withMessageStartingWith("--node-token-file")
                .withMessageNotContaining("secret");
    }
}
