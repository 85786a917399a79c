package io.renderfleet.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The command engine")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs of these tests are shell scripts")
class CommandEngineTest {
    @TempDir
    Path root;

    private Tasks tasks = new Tasks(Path.of(""));
    private final RecordedEvents events = new RecordedEvents();

    @BeforeEach
    void setUp() {
        tasks = new Tasks(root);
    }

    @Test
    @DisplayName("starts the program once a frame, and tells of each file")
    void rendersFrames() throws Exception {
        CommandEngine engine = CommandEngine.of(program("echo \"drawing $1\"; echo x > \"$2\""), "{frame}", "{output}");

        engine.start(tasks.of("3-1"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(3, 2, 1);
        assertThat(events.of(EngineEvent.FrameSaved.class).get(0).files())
                .containsExactly(root.resolve("attempt/out/shot_0003.png"));
        assertThat(events.of(EngineEvent.LogLine.class)).contains(new EngineEvent.LogLine("drawing 2"));
    }

    @Test
    @DisplayName("fills placeholders inside of arguments, which never fall apart")
    void fillsPlaceholders() throws Exception {
        CommandEngine engine = CommandEngine.of(
                program("for a in \"$@\"; do echo \"[$a]\"; done; echo x > \"$1\""),
                "{output}",
                "--size={width}x{height:90}",
                "{camera:none}; rm -rf /",
                "{samples:16}");
        RenderSettings settings =
                RenderSettings.builder().width(160).camera("Cam $(id) 'one'").build();

        engine.start(tasks.of("7", settings, null), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.of(EngineEvent.LogLine.class))
                .extracting(EngineEvent.LogLine::text)
                .containsExactly(
                        "[" + root.resolve("attempt/out/shot_0007.png") + "]",
                        "[--size=160x90]",
                        "[Cam $(id) 'one'; rm -rf /]",
                        "[16]");
    }

    @Test
    @DisplayName("takes a file that has another extension than was expected")
    void takesOtherExtensions() throws Exception {
        CommandEngine engine = CommandEngine.of(program("echo x > \"${1%.png}.pfm\""), "{output}");

        engine.start(tasks.of("1"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.of(EngineEvent.FrameSaved.class).get(0).files())
                .containsExactly(root.resolve("attempt/out/shot_0001.pfm"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "exit 3, PROGRAM_FAILED",
        "kill -SEGV $$, CRASHED",
        "kill -ABRT $$, CRASHED",
        "kill -KILL $$, KILLED",
        "exit 127, PROGRAM_NOT_FOUND",
        "exit 0, FRAME_MISSING"
    })
    @DisplayName("names what went wrong with a frame, and goes on with the next")
    void namesFailures(String bad, FailureKind kind) throws Exception {
        CommandEngine engine = CommandEngine.of(
                program("if [ $1 = 2 ]; then echo 'oh no'; " + bad + "; else echo x > \"$2\"; fi"),
                "{frame}",
                "{output}");

        engine.start(tasks.of("1-3"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1, 3);
        assertThat(events.frameFailures()).singleElement().satisfies(failure -> {
            assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
            assertThat(failure.frame()).isEqualTo(2);
            assertThat(failure.message()).doesNotContain(root.toString());
        });
    }

    @Test
    @DisplayName("refuses a task before anything starts if the program is not there or may not be executed")
    void refusesMissingPrograms() throws Exception {
        Path notExecutable = Files.writeString(root.resolve("plain.txt"), "text");

        assertThat(kindOfCheck(CommandEngine.of("no-such-program-anywhere", "{output}")))
                .isEqualTo(FailureKind.PROGRAM_NOT_FOUND);
        assertThat(kindOfCheck(CommandEngine.of(root.resolve("nowhere").toString(), "{output}")))
                .isEqualTo(FailureKind.PROGRAM_NOT_FOUND);
        assertThat(kindOfCheck(CommandEngine.of(notExecutable.toString(), "{output}")))
                .isEqualTo(FailureKind.PROGRAM_NOT_EXECUTABLE);
    }

    @Test
    @DisplayName("refuses a task that lacks what the command needs, or would be taken for an option")
    void refusesWhatDoesNotFit() throws Exception {
        String program = program("exit 0");
        assertThat(kindOfCheck(CommandEngine.of(program, "{output}", "{scene}")))
                .isEqualTo(FailureKind.SCENE_NOT_HERE);
        assertThat(kindOfCheck(CommandEngine.of(program, "{output}", "{width}")))
                .isEqualTo(FailureKind.UNSUPPORTED_SETTING);
        RenderSettings sly = RenderSettings.builder().camera("--run=evil").build();
        assertThat(CommandEngine.of(program, "{output}", "{camera}").check(tasks.of("1", sly, null)))
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED_SETTING));
        assertThat(CommandEngine.of(program, "{output}", "--cam={camera}").check(tasks.of("1", sly, null)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"render {output} {colour}", "render", "{frame} {output}"})
    @DisplayName("refuses a command that cannot work, and says why")
    void refusesWrongCommands(String command) {
        assertThatThrownBy(() -> CommandEngine.of(command.split(" ", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*(unknown \\{colour}|neither \\{output}|must not be a placeholder).*");
    }

    @Test
    @DisplayName("ends the whole process tree on stop, also what ignores TERM")
    void endsTheTree() throws Exception {
        CommandEngine engine = CommandEngine.builder(
                        List.of(program("trap '' TERM; sleep 300 & echo child $!; sleep 300; sleep 300"), "{output}"))
                .grace(Duration.ofSeconds(1))
                .build();
        RenderRun run = engine.start(tasks.of("1-5"), events);
        await().until(() -> !events.of(EngineEvent.LogLine.class).isEmpty());
        long child = Long.parseLong(
                events.of(EngineEvent.LogLine.class).get(0).text().substring("child ".length()));
        Failure reason = Failure.of(FailureKind.CANCELLED, "Enough.");

        run.stop(reason);

        assertThat(events.awaitEnd()).isEqualTo(reason);
        // One that nobody has reaped yet is still listed, but has no command any more.
        assertThat(ProcessHandle.of(child).flatMap(process -> process.info().command()))
                .isEmpty();
        assertThat(events.saved()).isEmpty();
    }

    @Test
    @DisplayName("ends a frame that takes too long and goes on with the next")
    void limitsTheTimeOfAFrame() throws Exception {
        CommandEngine engine = CommandEngine.builder(
                        List.of(program("if [ $1 = 1 ]; then sleep 300; fi; echo x > \"$2\""), "{frame}", "{output}"))
                .frameTimeout(Duration.ofSeconds(2))
                .build();

        engine.start(tasks.of("1-2"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(2);
        assertThat(events.frameFailures()).extracting(Failure::kind).containsExactly(FailureKind.FRAME_TIMEOUT);
    }

    @Test
    @DisplayName("gives up frames that were not begun")
    void shortens() throws Exception {
        Path go = root.resolve("go");
        CommandEngine engine = CommandEngine.of(
                program("while [ ! -e " + go + " ]; do sleep 0.05; done; echo x > \"$1\""), "{output}");
        RenderRun run = engine.start(tasks.of("1-5"), events);
        events.awaitFrameStarted();

        FrameSet kept = run.shorten(FrameSet.of(3));
        Files.createFile(go);

        assertThat(kept).isEqualTo(FrameSet.of(1, 3));
        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1, 3);
    }

    @ParameterizedTest(name = "where the program {1}")
    @CsvSource({"exit 1, fails", "exit 0, says nothing of it", "kill -BUS $$, crashes of it"})
    @DisplayName("calls a full disk by its name, and ends the run, since the next frame would fail as well")
    void fullDisk(String then, String what) throws Exception {
        CommandEngine engine = CommandEngine.of(
                program("cat /dev/zero > \"$1\" 2> /dev/null; rm -f \"$1\"; cat /dev/zero > $(dirname \"$1\")/rest; "
                        + then),
                "{output}");
        RenderTask task = tasks.of("1-3");
        Path folder = task.outputFolder();
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", folder.toString());
        assumeTrue(mounted, "a small file system can't be mounted here");
        try {
            engine.start(task, events);

            Failure failure = events.awaitEnd();
            assertThat(failure).isNotNull();
            assertThat(failure.kind()).as(what).isEqualTo(FailureKind.DISK_FULL);
            assertThat(failure.frame()).isEqualTo(1);
            assertThat(failure.retryElsewhere()).isTrue();
            assertThat(events.saved()).isEmpty();
            assertThat(events.of(EngineEvent.FrameStarted.class)).hasSize(1);
        } finally {
            assertThat(run("umount", folder.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    @Test
    @DisplayName("gives programs a folder for temporary files, and none of the node's secrets")
    void tidiesTheEnvironment() throws Exception {
        CommandEngine engine =
                CommandEngine.of(program("echo $TMPDIR; pwd; env | grep -c '^RENDER_'; echo x > \"$1\""), "{output}");

        engine.start(tasks.of("1"), events);

        assertThat(events.awaitEnd()).isNull();
        String work = root.resolve("work").toRealPath().toString();
        assertThat(events.of(EngineEvent.LogLine.class))
                .extracting(EngineEvent.LogLine::text)
                .containsExactly(root.resolve("work").toString(), work, "0");
    }

    @Test
    @DisplayName("takes any scene, or only those whose names end as its operator says")
    void takesScenes() throws Exception {
        String program = program("true");
        Path ours = Files.writeString(root.resolve("Shot.POV"), "camera");
        Path foreign = Files.writeString(root.resolve("shot.blend"), "BLENDER-v304");
        CommandEngine any = CommandEngine.of(program, "{output}");
        CommandEngine picky = CommandEngine.builder(List.of(program, "{output}"))
                .sceneSuffixes(Set.of(".pov"))
                .build();

        assertThat(any.check(tasks.of("1", RenderSettings.SCENE_DEFAULTS, foreign)))
                .isEmpty();
        assertThat(picky.check(tasks.of("1", RenderSettings.SCENE_DEFAULTS, ours)))
                .isEmpty();
        assertThat(picky.check(tasks.of("1", RenderSettings.SCENE_DEFAULTS, foreign)))
                .get()
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(FailureKind.SCENE_UNREADABLE);
                    assertThat(failure.message()).contains("shot.blend").contains(".pov");
                });
        assertThatThrownBy(() ->
                        CommandEngine.builder(List.of(program, "{output}")).sceneSuffixes(Set.of("pov")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pov");
    }

    private FailureKind kindOfCheck(CommandEngine engine) {
        return engine.check(tasks.of("1")).orElseThrow().kind();
    }

    private String program(String script) throws IOException {
        Path file = Files.writeString(root.resolve("program.sh"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }
}
