package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A standalone jar in a process of its own, as an operator starts it. */
final class StandaloneServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+:\\d+)");

    private final Process process;
    private final Path log;

    private StandaloneServer(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** The jar of a module; it is there once that module was packaged, as it is in {@code mvn verify}. */
    static Path jar(String module) {
        return Path.of("..", module, "target", module + "-standalone.jar")
                .toAbsolutePath()
                .normalize();
    }

    /** Starts a module's jar in a folder of its own. */
    static StandaloneServer start(Path folder, String module, String... args) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("log.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                jar(module).toString()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new StandaloneServer(process, log);
    }

    URI awaitListening() {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
            assertThat(process.isAlive()).as(() -> "it ended: " + log()).isTrue();
            return address().isPresent();
        });
        return address().orElseThrow();
    }

    private Optional<URI> address() {
        return LISTENING
                .matcher(log())
                .results()
                .map(MatchResult::group)
                .findFirst()
                .map(line -> URI.create(line.substring(line.indexOf("http"))));
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGKILL: no time for farewells. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
