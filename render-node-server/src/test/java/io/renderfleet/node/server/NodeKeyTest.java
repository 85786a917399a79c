package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The key of a node")
class NodeKeyTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant OLD = BEGIN.plus(NodeKey.LIFE);

    @TempDir
    private Path folder;

    @Test
    @DisplayName("lies in a file for its user alone, stays the same, and is shown nowhere")
    void kept() throws IOException {
        NodeKey made = NodeKey.in(folder, BEGIN);
        String key = made.offered(BEGIN);

        NodeKey read = NodeKey.in(folder, BEGIN.plusSeconds(5));

        assertThat(key).matches("[A-Za-z0-9_-]{43}");
        assertThat(read.offered(BEGIN.plusSeconds(5))).isEqualTo(key);
        assertThat(read.told()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("node-key"))))
                .isEqualTo("rw-------");
        assertThat(made).asString().doesNotContain(key);
    }

    @Test
    @DisplayName("opens its node, and nothing else does")
    void opens() throws IOException {
        NodeKey key = NodeKey.in(folder, BEGIN);

        assertThat(key.opens(key.offered(BEGIN), BEGIN)).isTrue();
        assertThat(key.opens(NodeKey.inMemory(BEGIN).offered(BEGIN), BEGIN)).isFalse();
        assertThat(key.opens("", BEGIN)).isFalse();
    }

    @Test
    @DisplayName("is replaced when it is old, and only once an orchestrator has had it")
    void replaced() throws IOException {
        NodeKey key = NodeKey.in(folder, BEGIN);
        String first = key.offered(BEGIN);
        assertThat(key.offered(OLD)).isEqualTo(first);

        key.taken(first, BEGIN);
        assertThat(key.told()).contains(first);
        assertThat(key.offered(OLD.minusSeconds(1))).isEqualTo(first);
        String second = key.offered(OLD);

        assertThat(second).isNotEqualTo(first);
        assertThat(key.offered(OLD.plusSeconds(1))).isEqualTo(second);
        assertThat(key.told()).contains(first);
        assertThat(key.opens(first, OLD)).isTrue();
        assertThat(key.opens(second, OLD)).isTrue();
    }

    @Test
    @DisplayName("that was replaced opens the node a minute longer, once the orchestrator has the new one")
    void grace() throws IOException {
        NodeKey key = NodeKey.in(folder, BEGIN);
        String first = key.offered(BEGIN);
        key.taken(first, BEGIN);
        String second = key.offered(OLD);

        key.taken(second, OLD);

        assertThat(key.told()).contains(second);
        assertThat(key.opens(first, OLD.plus(NodeKey.GRACE).minusSeconds(1))).isTrue();
        assertThat(key.opens(first, OLD.plus(NodeKey.GRACE))).isFalse();
        assertThat(key.opens(second, OLD.plus(NodeKey.GRACE))).isTrue();
        assertThat(NodeKey.in(folder, OLD).opens(first, OLD)).isFalse();
    }

    @Test
    @DisplayName("is not lost where the node dies between a new key and the orchestrator's word for it")
    void diesInBetween() throws IOException {
        NodeKey key = NodeKey.in(folder, BEGIN);
        String first = key.offered(BEGIN);
        key.taken(first, BEGIN);
        String second = key.offered(OLD);

        NodeKey after = NodeKey.in(folder, OLD.plus(Duration.ofHours(1)));

        assertThat(after.told()).contains(first);
        assertThat(after.offered(OLD)).isEqualTo(second);
        assertThat(after.opens(first, OLD)).isTrue();
        assertThat(after.opens(second, OLD)).isTrue();
    }

    @Test
    @DisplayName("counts as untold once the orchestrator has forgotten it")
    void forgotten() throws IOException {
        NodeKey key = NodeKey.in(folder, BEGIN);
        key.taken(key.offered(BEGIN), BEGIN);

        key.forgotten();

        assertThat(key.told()).isEmpty();
        assertThat(NodeKey.in(folder, BEGIN).told()).isEmpty();
    }

    @Test
    @DisplayName("is not guessed where its file holds something else, which is not shown")
    void damaged() throws IOException {
        Files.writeString(folder.resolve("node-key"), "half-a-key told");

        assertThatThrownBy(() -> NodeKey.in(folder, BEGIN))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("node-key")
                .hasMessageContaining("delete it")
                .hasMessageNotContaining("half");
    }
}
