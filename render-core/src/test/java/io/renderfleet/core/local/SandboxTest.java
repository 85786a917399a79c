package io.renderfleet.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A program in the sandbox")
class SandboxTest {
    @TempDir
    Path folder;

    private Sandbox sandbox;
    private Path own;
    private Path seen;
    private SandboxView view;

    @BeforeEach
    void makeFolders() throws IOException {
        sandbox = Sandbox.of(SandboxMode.AUTO);
        assumeTrue(sandbox.isOn(), sandbox.reason());
        own = Files.createDirectories(folder.resolve("state/sessions/1"));
        Path temporary = Files.createDirectory(own.resolve("tmp"));
        seen = Files.createDirectory(folder.resolve("scenes"));
        Files.writeString(seen.resolve("scene"), "scene");
        Files.writeString(folder.resolve("state/token"), "secret");
        view = new SandboxView(List.of(seen), List.of(own), temporary);
    }

    private record End(int code, String said) {}

    private End run(String script) throws IOException, InterruptedException {
        return run(sandbox, script);
    }

    private End run(Sandbox how, String script) throws IOException, InterruptedException {
        Process process = start(how, script);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new End(process.waitFor(), said);
    }

    private Process start(Sandbox how, String script) throws IOException {
        List<String> command = how.command(List.of("sh", "-c", script), view, Map.of());
        return Spawner.start(new ProcessBuilder(command).redirectErrorStream(true));
    }

    @Test
    @DisplayName("reads what it is shown, and writes to its own folder")
    void own() throws Exception {
        End end = run("cat " + seen + "/scene > " + own + "/copy && pwd");

        assertThat(end).isEqualTo(new End(0, own.toRealPath() + "\n"));
        assertThat(own.resolve("copy")).hasContent("scene");
    }

    @Test
    @DisplayName("changes nothing of what it may read, and makes nothing anywhere else")
    void readOnly() throws Exception {
        for (String target : List.of(seen + "/scene", seen + "/new", "/new", "/usr/new", "/etc/new", "/dev/new")) {
            assertThat(run("echo x > " + target).code()).as(target).isNotZero();
        }
        assertThat(seen.resolve("scene")).hasContent("scene");
    }

    @Test
    @DisplayName("does not see what is not shown to it")
    void unseen() throws Exception {
        assertThat(run("cat " + folder + "/state/token").said())
                .contains("No such file")
                .doesNotContain("secret");
        assertThat(run("cat /etc/passwd").code()).isNotZero();
    }

    @Test
    @DisplayName("does not see what is hidden in what is shown to it, but its own folder inside of that")
    void hidden() throws Exception {
        Sandbox whole = sandbox.reading(List.of(folder))
                .hiding(List.of(folder.resolve("state"), seen.resolve("scene"), folder.resolve("nowhere")));

        End end = run(
                whole,
                "ls " + folder + "/state; cat " + seen + "/scene; echo x > " + folder + "/state/y; echo x > " + own
                        + "/mine");

        assertThat(end.said()).startsWith("sessions\n").doesNotContain("token").doesNotContain("scene\n");
        assertThat(folder.resolve("state/y")).doesNotExist();
        assertThat(own.resolve("mine")).hasContent("x");
    }

    @Test
    @DisplayName("finds what it is shown by a link where it was told")
    void links() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), seen);
        view = view.reading(List.of(link.resolve("scene")));

        assertThat(run("cat " + link + "/scene").said()).isEqualTo("scene");
    }

    @Test
    @DisplayName("has a folder for temporary files of its own")
    void temporary() throws Exception {
        assertThat(run("echo x > /tmp/y && ls /tmp").said()).contains("y");

        assertThat(view.temporary().resolve("y")).hasContent("x");
    }

    @Test
    @DisplayName("reaches no network, not even this machine's own")
    void network() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(500);
            End end = run("bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort() + "'");

            assertThat(end.code()).isNotZero();
            assertThatThrownBy(server::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    @DisplayName("sees no process but its own, and leaves none behind")
    void processes() throws Exception {
        End end = run("setsid -f sleep 297; ls /proc | grep -c '^[0-9]'");

        assertThat(Integer.parseInt(end.said().strip())).isLessThan(10);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.allProcesses()
                        .noneMatch(process ->
                                process.info().commandLine().orElse("").endsWith("sleep 297")));
    }

    @Test
    @DisplayName("has no rights, and gets none")
    void rights() throws Exception {
        assertThat(run("grep -e NoNewPrivs -e CapEff /proc/self/status").said())
                .contains("NoNewPrivs:\t1")
                .contains("CapEff:\t0000000000000000");
    }

    @Test
    @DisplayName("meets the limits for memory and for files")
    void limits() throws Exception {
        Sandbox small = sandbox.limitedTo(new SandboxLimits(64L << 20, 100, 1L << 20));

        assertThat(run(small, "ulimit -d; ulimit -u 2>/dev/null; ulimit -c").said())
                .startsWith("65536\n");
        assertThat(run(small, "head -c 3000000 /dev/zero > " + own + "/long").code())
                .isNotZero();
        assertThat(own.resolve("long")).hasSize(1L << 20);
    }

    @Test
    @DisplayName("tells how it ended, also by a signal")
    void ends() throws Exception {
        assertThat(run("exit 7").code()).isEqualTo(7);
        assertThat(run("kill -SEGV $$").code()).isEqualTo(139);
    }

    @Test
    @DisplayName("has its time to end in good order, and ends then with all that it started")
    void terminated() throws Exception {
        Process process =
                start(sandbox, "trap 'echo good > " + own + "/order; exit 0' TERM; sleep 298 & echo x > ready; wait");
        Awaitility.await().until(() -> Files.exists(own.resolve("ready")));
        List<ProcessHandle> all = process.descendants().toList();

        ProcessTree.end(process.toHandle(), Duration.ofSeconds(5));

        assertThat(own.resolve("order")).hasContent("good");
        assertThat(all).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    }

    @Test
    @DisplayName("that is not there, or cannot be executed, is a failure to start")
    void absent() {
        assertThatThrownBy(() -> sandbox.command(List.of("no-such-program"), view, Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error=2,");
        assertThatThrownBy(() -> sandbox.command(List.of(seen.resolve("scene").toString()), view, Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error=13,");
    }

    @Test
    @DisplayName("that was switched off is started as it is, and what it may read is known all the same")
    void off() throws Exception {
        Sandbox off = Sandbox.of(SandboxMode.OFF).reading(List.of(seen)).hiding(List.of(own));

        assertThat(off.isOn()).isFalse();
        assertThat(off.command(List.of("sh"), view, Map.of())).containsExactly("sh");
        assertThat(off.readable()).containsExactly(seen.toAbsolutePath());
        assertThat(off.hidden()).containsExactly(own.toAbsolutePath());
    }
}
