package io.renderfleet.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.NodeDiscoveryContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A file that names nodes")
class FileDiscoveryTest extends NodeDiscoveryContract {
    @TempDir
    Path folder;

    FileDiscoveryTest() {}

    private Path file() {
        return folder.resolve("nodes");
    }

    @Override
    protected NodeDiscovery discovery() {
        return FileDiscovery.of(file(), Duration.ofMillis(30));
    }

    @Override
    protected URI node(int number) {
        return URI.create("http://node-" + number + ":3000");
    }

    @Override
    protected void name(Set<URI> nodes) throws IOException {
        String text = nodes.stream().map(URI::toString).collect(Collectors.joining("\n", "# ours\n", "\n"));
        Path written = Files.writeString(folder.resolve("nodes.new"), text);
        Files.move(written, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    protected void fail() throws IOException {
        Files.writeString(file(), "http://node-8:3000\nnode-9\n");
    }

    @Test
    @DisplayName("is not believed while it is being written: no node is dropped because a program empties it first")
    void beingWritten() throws Exception {
        String nodes = "http://node-1:3000\nhttp://node-2:3000\n";
        Files.writeString(file(), nodes);
        List<Integer> told = new CopyOnWriteArrayList<>();
        try (NodeDiscovery discovery = discovery()) {
            discovery.start(snapshot -> told.add(snapshot.size()));
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(2));
            for (int i = 0; i < 20; i++) {
                Files.writeString(file(), "");
                TimeUnit.MILLISECONDS.sleep(10);
                Files.writeString(file(), nodes + "# " + i + "\n");
                TimeUnit.MILLISECONDS.sleep(30);
            }
            Files.writeString(file(), nodes + "http://node-3:3000\n");
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(3));
        }

        assertThat(told).containsExactly(2, 3);
    }

    @Test
    @DisplayName("may have comments, blank lines, and the same node twice")
    void reads() throws IOException {
        Files.writeString(
                file(),
                "# all\n\n  http://node-1:3000/  # the old one\r\nHTTP://Node-1:3000\nhttps://n.example/render\n");

        assertThat(FileDiscovery.of(file()).check())
                .containsExactlyInAnyOrder(
                        new Target.Machine(URI.create("http://node-1:3000")),
                        new Target.Machine(URI.create("https://n.example/render")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "node-1:3000 | line 2 is 'node-1:3000': it must be like http://node-1:3000",
                "ftp://node-1 | line 2 is 'ftp://node-1'",
                "http://user:word@node-1 | it must be like http://node-1:3000",
                "http://node-1?x=y | it must be like",
                "http://node 1 | it must be like",
                "http:// | it must be like",
            })
    @DisplayName("is refused as a whole where a line is wrong, and the line is named")
    void refuses(String line, String message) throws IOException {
        Files.writeString(file(), "http://node-0:3000\n" + line + "\n");

        assertThatThrownBy(() -> FileDiscovery.of(file()).check()).hasMessageContaining(message);
    }

    @Test
    @DisplayName("is refused where it is not there, no text, or too long")
    void refusesOthers() throws IOException {
        assertThatThrownBy(() -> FileDiscovery.of(file()).check()).hasMessage("there is no such file");
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> FileDiscovery.of(file()).check()).hasMessage("it is no text in UTF-8");
        Files.writeString(file(), "#".repeat(5 << 20));
        assertThatThrownBy(() -> FileDiscovery.of(file()).check()).hasMessageContaining("more than");
    }
}
