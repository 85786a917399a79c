package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.auth.FileTokens;
import io.renderfleet.auth.TokenListFile;
import io.renderfleet.orchestrator.OrchestratorServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Tokens that the command line manages")
@Timeout(60)
class TokensTest {
    @TempDir
    Path folder;

    TokensTest() {}

    private String file() {
        return folder.resolve("tokens").toString();
    }

    private String add(String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"tokens", "add", "--file", file()}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        Ran ran = Ran.render(args);
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran.onlyLine();
    }

    @Test
    @DisplayName("are printed once, and are in no list and no file")
    void printedOnce() throws IOException {
        String token = add("--owner", "alice", "--role", "submitter", "--expires", "12h");

        assertThat(token).matches("rf_[\\w-]{43}");
        assertThat(Files.readString(Path.of(file())))
                .contains(" alice submitter ")
                .doesNotContain(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file()))))
                .isEqualTo("rw-------");
        Ran list = Ran.render("tokens", "list", "--file", file());
        assertThat(list.lines()).hasSize(2);
        assertThat(list.out()).contains("alice", "submitter", "valid").doesNotContain(token);
        Ran json = Ran.render("tokens", "list", "--json", "--file", file());
        assertThat(json.onlyLine()).contains("\"owner\":\"alice\"", "\"role\":\"submitter\"", "\"state\":\"valid\"");
    }

    @Test
    @DisplayName("that are not there cannot be revoked, nor those of a file that is not there")
    void notThere() throws IOException {
        assertThat(Ran.render("tokens", "revoke", "t-00000001", "--file", file())
                        .code())
                .isEqualTo(ExitCode.LOCAL.number());
        assertThat(Files.exists(Path.of(file()))).isFalse();
        assertThat(Ran.render("tokens", "list", "--file", file()).code()).isEqualTo(ExitCode.LOCAL.number());

        add("--role", "viewer");
        Ran unknown = Ran.render("tokens", "revoke", "t-00000001", "--file", file());

        assertThat(unknown.code()).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(unknown.err()).contains("the file has no such token");
    }

    @Test
    @DisplayName("let in at a running orchestrator as soon as they are added, until they are revoked")
    void withAServer() throws IOException {
        add("--role", "admin");
        FileTokens tokens = new FileTokens(new TokenListFile(Path.of(file())), InstantSource.system());
        try (OrchestratorServer server = OrchestratorServer.builder()
                .port(0)
                .outputRoot(folder.resolve("frames"))
                .tokens(tokens)
                .start()) {
            Path alice = folder.resolve("alice");
            Files.writeString(alice, add("--owner", "alice", "--role", "submitter"));
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> jobs(server, alice) == 0);

            String id = Ran.render("tokens", "list", "--file", file()).lines().stream()
                    .filter(line -> line.contains("alice"))
                    .map(line -> line.replaceFirst(" .*", ""))
                    .findFirst()
                    .orElseThrow();
            assertThat(Ran.render("tokens", "revoke", id, "--file", file()).code())
                    .isZero();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> jobs(server, alice) == ExitCode.REFUSED.number());
        }
    }

    private static int jobs(OrchestratorServer server, Path token) {
        return Ran.render("jobs", "--orchestrator", server.uri().toString(), "--token-file", token.toString())
                .code();
    }
}
