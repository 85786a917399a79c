package io.renderfleet.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisplayName("A process with all that it started")
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class ProcessTreeTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    /** Starts a shell, and waits for the line in which it names a process that it has started. */
    private static ProcessHandle startedBy(Process shell) throws IOException {
        BufferedReader lines = shell.inputReader();
        return ProcessHandle.of(Long.parseLong(lines.readLine().strip())).orElseThrow();
    }

    /** One that was killed has no program any more, also while nobody has asked how it ended. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static Process shell(String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script).start();
    }

    @Test
    @DisplayName("ends at once when it is asked to")
    void asked() throws IOException {
        Process shell = shell("sleep 600 & echo $!; wait");
        ProcessHandle child = startedBy(shell);

        ProcessTree.end(shell.toHandle(), LONG);

        assertThat(shell.isAlive()).isFalse();
        assertThat(runs(child)).isFalse();
    }

    @Test
    @DisplayName("is killed after the grace time when it does not")
    void killed() throws IOException {
        Process shell =
                shell("trap '' TERM; sh -c 'echo $$; while :; do sleep 0.05; done' & while :; do sleep 0.05; done");
        ProcessHandle child = startedBy(shell);

        ProcessTree.end(shell.toHandle(), Duration.ofMillis(100));

        assertThat(shell.isAlive()).isFalse();
        assertThat(runs(child)).isFalse();
    }

    @Test
    @DisplayName("may have ended before")
    void ended() throws IOException, InterruptedException {
        Process shell = shell("exit 3");
        shell.waitFor();

        ProcessTree.end(shell.toHandle(), LONG);

        assertThat(shell.exitValue()).isEqualTo(3);
    }

    @Test
    @DisplayName("is killed at once when the thread that waits for it is interrupted")
    void interrupted() throws IOException, InterruptedException {
        Process shell = shell("trap '' TERM; echo $$; while :; do sleep 0.05; done");
        startedBy(shell);
        Thread.currentThread().interrupt();

        ProcessTree.end(shell.toHandle(), LONG);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(shell.waitFor()).isNotZero();
    }
}
