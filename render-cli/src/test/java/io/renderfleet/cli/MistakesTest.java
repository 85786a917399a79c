package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The command line, without a farm")
class MistakesTest {
    private static final String NOBODY = "http://127.0.0.1:1";

    static Stream<String> mistakes() {
        return Stream.of(
                "submit",
                "submit 5-x",
                "submit no-such-file.blend 1-5",
                "submit 1-5 --samples many",
                "submit 1-5 --samples -4",
                "submit 1-5 --output ../up_####",
                "submit 1-5 --output /abs_####",
                "submit 1-5 --priority 5000",
                "submit 1-5 --entry shot.blend",
                "submit 1-5 --film shot.mp4",
                "submit 1-5 --output aux/shot_####",
                "submit 1-5 --key ",
                "submit -5--1",
                "status",
                "status ../jobs",
                "status a/b",
                "jobs --limit 0",
                "nodes --orchestrator ftp://here",
                "nodes --orchestrator http://user:word@here",
                "nodes --token-file no-such-file",
                "nodes --patience -1",
                "nodes drain",
                "nodes drain ../n",
                "nodes sleep n-1",
                "pause",
                "resume a/b",
                "retry one two",
                "priority job",
                "priority job high",
                "priority job 1001",
                "tokens",
                "tokens add --role viewer",
                "tokens add --file t --role boss",
                "tokens add --file t --role submitter",
                "tokens add --file t --role viewer --owner a/b",
                "tokens add --file t --role viewer --expires soon",
                "tokens add --file t --role viewer --expires 9999d",
                "tokens revoke --file t",
                "dance");
    }

    @ParameterizedTest(name = "refuses: render {0}")
    @MethodSource("mistakes")
    void refuses(String command) {
        String[] args = command.split(" ", -1);

        Ran ran = Ran.render(args);

        assertThat(ran.code()).as(ran.toString()).isEqualTo(ExitCode.USAGE.number());
        assertThat(ran.err().lines()).hasSize(1).first().asString().startsWith("render: ");
        assertThat(ran.out()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("refuses a film of frames without the scene's view transform before anything is sent or rendered")
    @ValueSource(strings = {"OPEN_EXR", "OPEN_EXR_MULTILAYER", "HDR", "DPX", "CINEON", "open_exr"})
    void refusesFilmOfLinearFrames(String format, @TempDir Path folder) throws IOException {
        Path scene = Files.writeString(folder.resolve("shot.blend"), "scene");

        Ran ran = Ran.render(
                "submit",
                scene.toString(),
                "1-5",
                "--format",
                format,
                "--fetch",
                folder.resolve("frames").toString(),
                "--film",
                folder.resolve("shot.mp4").toString(),
                "--orchestrator",
                NOBODY);

        assertThat(ran.code()).as(ran.toString()).isEqualTo(ExitCode.USAGE.number());
        assertThat(ran.err().lines())
                .singleElement()
                .asString()
                .startsWith("render: --film and --format " + format + ": no film is made of")
                .endsWith("render with --format PNG for a film");
    }

    @Test
    @DisplayName("says in one line that nobody answers")
    void nobodyAnswers() {
        Ran ran = Ran.render("nodes", "--orchestrator", NOBODY);

        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE.number());
        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "render: no orchestrator answers at " + NOBODY + " (no connection: connection refused)");
    }

    @Test
    @DisplayName("explains itself, its exit codes too")
    void helps() {
        assertThat(Ran.render("--help").out()).contains("submit", "watch", "Exit codes:", "the job has failed");
        assertThat(Ran.render("submit", "--help").out()).contains("SCENE", "--samples", "--fetch");
        assertThat(Ran.render("--version").code()).isZero();
        assertThat(Ran.render("status", "--version").code()).isZero();
    }

    @Test
    @DisplayName("makes a script for completion in the shell")
    void completes() {
        Ran ran = Ran.render("generate-completion");

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("complete -F _complete_render", "--orchestrator", "submit");
    }

    @Test
    @DisplayName("sends nothing of a folder that links to the outside")
    void refusesLinksToTheOutside(@TempDir Path folder) throws IOException {
        Path scene = Files.createDirectory(folder.resolve("scene"));
        Files.writeString(scene.resolve("shot.blend"), "scene");
        Files.createSymbolicLink(scene.resolve("wood.png"), Files.writeString(folder.resolve("secret"), "secret"));

        Ran ran = Ran.render("submit", scene.toString(), "1-5", "--orchestrator", NOBODY);

        assertThat(ran.code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(ran.err()).contains("wood.png", "outside of the folder");
    }
}
