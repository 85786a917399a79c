package io.renderfleet.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.local.Programs;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The programs of a node that is killed")
class NoOrphansTest {
    @TempDir
    Path root;

    @Test
    @DisplayName("end with it, also what they started and what ignores TERM")
    void endWithIt() throws Exception {
        assumeTrue(
                Programs.find("setpriv").isPresent() && Programs.find("timeout").isPresent(),
                "setpriv or timeout is not installed");
        Path program = Files.writeString(
                root.resolve("program.sh"),
                "#!/bin/sh\ntrap '' TERM\nsleep 300 &\necho $! $$ > pids.new\nmv pids.new pids\nwait\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledNode.class.getName(),
                        root.toString(),
                        program.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
            Path pids = root.resolve("work").resolve("pids");
            await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(pids) || !node.isAlive());
            assertThat(node.isAlive())
                    .as("the node said: %s", node.isAlive() ? "" : output.readLine())
                    .isTrue();
            List<Long> started = List.of(Files.readString(pids).strip().split(" ", -1)).stream()
                    .map(Long::parseLong)
                    .toList();
            assertThat(started).allMatch(NoOrphansTest::runs);

            node.destroyForcibly().waitFor();

            await().atMost(Duration.ofSeconds(15)).until(() -> started.stream().noneMatch(NoOrphansTest::runs));
        } finally {
            node.destroyForcibly();
        }
    }

    /** One that has ended and was not reaped is still listed, but has no command any more. */
    private static boolean runs(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .isPresent();
    }

    /** A process that renders until it is killed. */
    static final class KilledNode {
        private KilledNode() {}

        public static void main(String[] args) throws Exception {
            CommandEngine engine = CommandEngine.builder(List.of(args[1], "{output}"))
                    .grace(Duration.ofSeconds(1))
                    .build();
            engine.start(new Tasks(Path.of(args[0])).of("1"), event -> {});
            new CountDownLatch(1).await();
        }
    }
}
