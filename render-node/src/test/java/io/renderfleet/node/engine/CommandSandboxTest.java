package io.renderfleet.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxMode;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A program of the command engine in the sandbox")
class CommandSandboxTest {
    @TempDir
    Path root;

    private final RecordedEvents events = new RecordedEvents();
    private Sandbox sandbox;
    private Path token;

    @BeforeEach
    void setUp() throws IOException {
        sandbox = Sandbox.of(SandboxMode.AUTO).hiding(List.of(root.resolve("state")));
        assumeTrue(sandbox.isOn(), sandbox.reason());
        token = Files.writeString(Files.createDirectory(root.resolve("state")).resolve("token"), "a-secret-token");
    }

    private CommandEngine engine(String script, String... arguments) throws IOException {
        Path program = Files.writeString(
                Files.createDirectories(root.resolve("bin")).resolve("program"), "#!/bin/bash\n" + script + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return CommandEngine.builder(command)
                .grace(Duration.ofSeconds(2))
                .sandbox(sandbox)
                .build();
    }

    private List<String> said() {
        return events.of(EngineEvent.LogLine.class).stream()
                .map(EngineEvent.LogLine::text)
                .toList();
    }

    @Test
    @DisplayName("renders a scene that it reads into the folder of its task")
    void renders() throws Exception {
        Path scene =
                Files.writeString(Files.createDirectory(root.resolve("scenes")).resolve("shot.pov"), "a scene");
        CommandEngine engine = engine("cat \"$1\" > \"$2\"", "{scene}", "{output}");

        engine.start(new Tasks(root).of("1-2", RenderSettings.SCENE_DEFAULTS, scene), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1, 2);
        assertThat(root.resolve("attempt/out/shot_0002.png")).hasContent("a scene");
    }

    @Test
    @DisplayName("reads no token of the node, and reaches no network")
    void contained() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(200);
            CommandEngine engine = engine(
                    "cat " + token + "; echo x > /dev/tcp/127.0.0.1/" + server.getLocalPort()
                            + "; cat /proc/$PPID/environ; echo x > " + root + "/other; echo x > \"$1\"",
                    "{output}");

            engine.start(new Tasks(root).of("1"), events);

            assertThat(events.awaitEnd()).isNull();
            assertThat(events.saved()).containsExactly(1);
            assertThat(said()).noneMatch(line -> line.contains("a-secret-token"));
            assertThat(said()).anyMatch(line -> line.contains("No such file"));
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
            assertThat(root.resolve("other")).doesNotExist();
        }
    }

    @Test
    @DisplayName("cannot pass off what a link leads to as its frame")
    void link() throws Exception {
        CommandEngine engine = engine("ln -s " + token + " \"$1\"", "{output}");

        engine.start(new Tasks(root).of("1"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.frameFailures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.FRAME_MISSING));
    }

    @Test
    @DisplayName("ends when its run is stopped, with all that it started")
    void stopped() throws Exception {
        CommandEngine engine = engine("sleep 295 & sleep 295 & echo begun; wait", "{output}");
        var run = engine.start(new Tasks(root).of("1"), events);
        events.awaitFrameStarted();

        run.stop(io.renderfleet.core.model.Failure.of(FailureKind.CANCELLED, "Enough."));

        assertThat(events.awaitEnd()).isNotNull();
        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info().commandLine().orElse("").endsWith("sleep 295"));
    }
}
