package io.renderfleet.node.engine;

import io.renderfleet.core.local.Programs;
import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxView;
import io.renderfleet.core.local.Spawner;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Starts programs so that none outlives the node, even when the node is killed.
 *
 * <p>In the sandbox a program ends with the node. Without it, where {@code setpriv} and {@code timeout} are installed the program runs below
 * them: at the node's death {@code timeout} gets TERM, hands it to its whole process group, and sends KILL after a while.
 */
final class Launcher {
    /** Variables whose names say that programs are not to have them. */
    private static final Pattern SECRET =
            Pattern.compile("RENDER_.*|PYTHON.*|.*(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE_KEY|ACCESS_KEY).*");

    private final List<String> guard;
    private final Sandbox sandbox;

    /**
     * Prepares to start programs.
     *
     * @param grace how long after the node's death they have for their own
     * @param niceness by how much they give way to others, 0 to 19
     * @param sandbox what they may do
     */
    Launcher(Duration grace, int niceness, Sandbox sandbox) {
        this.sandbox = sandbox;
        this.guard = new ArrayList<>(sandbox.isOn() ? List.of() : guard(grace));
        if (niceness > 0) {
            guard.addAll(List.of("nice", "-n", Integer.toString(niceness)));
        }
    }

    private static List<String> guard(Duration grace) {
        Optional<Path> setpriv = Programs.find("setpriv");
        Optional<Path> timeout = Programs.find("timeout");
        if (setpriv.isEmpty()
                || timeout.isEmpty()
                || !System.getProperty("os.name").equals("Linux")) {
            return List.of();
        }
        return List.of(
                setpriv.get().toString(),
                "--pdeathsig",
                "TERM",
                timeout.get().toString(),
                "--kill-after=" + Math.max(1, grace.toSeconds()),
                "0");
    }

    /**
     * Starts a program; its two outputs come as one.
     *
     * @param command program and arguments
     * @param work where it runs and keeps its temporary files
     * @param view what it sees in the sandbox; {@code work} must be the first that can be written to
     * @throws IOException if it cannot be started
     */
    Process start(List<String> command, Path work, SandboxView view) throws IOException {
        ProcessBuilder builder = new ProcessBuilder()
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File(nullDevice())));
        Map<String, String> environment = builder.environment();
        tidy(environment, work);
        Map<String, String> inside = sandbox.environment(environment);
        environment.keySet().retainAll(inside.keySet());
        environment.putAll(inside);
        List<String> guarded = new ArrayList<>(guard);
        guarded.addAll(sandbox.command(command, view, inside));
        return Spawner.start(builder.command(guarded));
    }

    /** Programs get no secrets of the node, and no Python modules that nobody meant for them. */
    private static void tidy(Map<String, String> environment, Path work) {
        environment
                .keySet()
                .removeIf(name -> SECRET.matcher(name.toUpperCase(Locale.ROOT)).matches());
        for (String name : List.of("TMPDIR", "TMP", "TEMP")) {
            environment.put(name, work.toString());
        }
    }

    private static String nullDevice() {
        return File.separatorChar == '\\' ? "NUL" : "/dev/null";
    }
}
