package io.renderfleet.orchestrator.nodekey;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenBearer;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.store.InMemoryJobStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The keys of nodes")
class NodeKeysTest {
    private static final NodeId N1 = new NodeId("n-1");
    private static final NodeId N2 = new NodeId("n-2");
    private static final URI AT_1 = URI.create("http://node-1:3000");
    private static final URI AT_2 = URI.create("http://node-2:3000");
    private static final String KEY_1 = "the-first-key-of-32-characters-and-more";
    private static final String KEY_2 = "the-second-key-of-32-characters-and-more";

    @TempDir
    private Path folder;

    private final JobStore store = new InMemoryJobStore();
    private final InstantSource clock = this::now;
    private Instant time = Instant.parse("2026-01-01T00:00:00Z");
    private NodeKeys keys;

    @BeforeEach
    void start() throws IOException {
        keys = fresh();
    }

    private Instant now() {
        return time;
    }

    private NodeKeys fresh() throws IOException {
        NodeKeys made = NodeKeys.keptIn(store, Seal.readOrMake(folder.resolve("secret")))
                .orElse(node -> Optional.of("shared"))
                .at(clock);
        done(made.load());
        return made;
    }

    private static void done(CompletionStage<Void> stage) {
        stage.toCompletableFuture().join();
    }

    @Test
    @DisplayName("open one node each; the token of listed nodes goes to no node that has registered")
    void oneEach() {
        done(keys.take(N1, AT_1, KEY_1, List.of()));
        done(keys.take(N2, AT_2, null, List.of()));

        assertThat(keys.tokenFor(AT_1)).contains(KEY_1);
        assertThat(keys.tokenFor(AT_2)).isEmpty();
        assertThat(keys.tokenFor(URI.create("http://listed:3000"))).contains("shared");
    }

    @Test
    @DisplayName("let their nodes in, as nodes and in their own name")
    void letIn() {
        done(keys.take(N1, AT_1, KEY_1, List.of()));

        assertThat(keys.verify(KEY_1)).contains(new TokenBearer("key of node n-1", "n-1", Role.NODE, null));
        assertThat(keys.verify(KEY_2)).isEmpty();
        done(keys.take(N1, AT_1, KEY_2, List.of()));
        assertThat(keys.verify(KEY_1)).isEmpty();
        assertThat(keys.verify(KEY_2)).isPresent();
    }

    @Test
    @DisplayName("let no node in whose id cannot be an owner's name, since nothing would bind it to that")
    void longId() {
        NodeId id = new NodeId("n".repeat(61));
        done(keys.take(id, AT_1, KEY_1, List.of()));

        assertThat(keys.verify(KEY_1)).isEmpty();
        assertThat(keys.tokenFor(AT_1)).contains(KEY_1);
    }

    @Test
    @DisplayName("are known after a restart, and lie in the store sealed")
    void restart() throws IOException {
        done(keys.take(N1, AT_1, KEY_1, List.of()));

        NodeKeys after = fresh();

        assertThat(after.tokenFor(AT_1)).contains(KEY_1);
        assertThat(after.verify(KEY_1)).isPresent();
        Map<String, String> kept =
                store.values("node-keys").all().toCompletableFuture().join();
        assertThat(kept).containsOnlyKeys("n-1");
        assertThat(kept.get("n-1")).doesNotContain(KEY_1).doesNotContain("node-1");
    }

    @Test
    @DisplayName("do not lie in the store without a secret; that the node has registered does")
    void withoutSecret() {
        NodeKeys open = NodeKeys.keptIn(store, null).orElse(node -> Optional.of("shared"));
        done(open.take(N1, AT_1, KEY_1, List.of()));

        NodeKeys after = NodeKeys.keptIn(store, null).orElse(node -> Optional.of("shared"));
        done(after.load());

        assertThat(open.tokenFor(AT_1)).contains(KEY_1);
        assertThat(after.tokenFor(AT_1)).isEmpty();
        assertThat(after.contradicts(N1, KEY_2)).isFalse();
        assertThat(store.values("node-keys").all().toCompletableFuture().join().toString())
                .doesNotContain(KEY_1);
    }

    @Test
    @DisplayName("of a removed node let it in no more and stand in no other one's way; what it has is followed")
    void removed() throws IOException {
        done(keys.take(N1, AT_1, KEY_1, List.of()));
        assertThat(keys.contradicts(N1, KEY_2)).isTrue();

        assertThat(keys.remove(N1)).isTrue();

        NodeKeys after = fresh();
        for (NodeKeys all : new NodeKeys[] {keys, after}) {
            assertThat(all.verify(KEY_1)).isEmpty();
            assertThat(all.contradicts(N1, KEY_2)).isFalse();
            assertThat(all.tokenFor(AT_1)).contains(KEY_1);
            assertThat(all.remove(N1)).isFalse();
        }
        done(keys.take(N1, AT_1, KEY_2, List.of()));
        assertThat(keys.verify(KEY_2)).isPresent();
    }

    @Test
    @DisplayName("give way to those of another node at the same URL, and to later ones at another URL")
    void places() throws IOException {
        done(keys.take(N1, AT_1, KEY_1, List.of()));
        done(keys.take(N2, AT_1, KEY_2, List.of()));
        assertThat(keys.tokenFor(AT_1)).contains(KEY_2);
        assertThat(keys.verify(KEY_1)).isEmpty();

        done(keys.take(N2, AT_2, KEY_2, List.of()));
        assertThat(fresh().tokenFor(AT_2)).contains(KEY_2);
        assertThat(fresh().tokenFor(AT_1)).contains("shared");
    }

    @Test
    @DisplayName(
            "go to the addresses that were allowed when the node registered, and to no other ones, also after a restart")
    void addresses() throws Exception {
        List<InetAddress> allowed = List.of(InetAddress.getByName("10.1.2.3"), InetAddress.getByName("fd00::7"));
        done(keys.take(N1, AT_1, KEY_1, allowed));
        done(keys.take(N2, AT_2, KEY_2, List.of()));

        for (NodeKeys all : new NodeKeys[] {keys, fresh()}) {
            assertThat(all.of("node-1", 3000)).isEqualTo(allowed);
            assertThat(all.of("NODE-1", 3000)).isEqualTo(allowed);
            assertThat(all.of("node-1", 3001)).isEmpty();
            assertThat(all.of("node-2", 3000)).isEmpty();
        }
        done(keys.take(N1, AT_1, KEY_1, null));
        assertThat(keys.of("node-1", 3000)).isEqualTo(allowed);
        done(keys.take(N1, AT_1, KEY_1, List.of()));
        assertThat(keys.of("node-1", 3000)).isEmpty();
    }

    @Test
    @DisplayName("are forgotten 90 days after their node was seen last, and not before")
    void forgotten() throws IOException {
        done(keys.take(N1, AT_1, KEY_1, List.of()));
        time = time.plus(Duration.ofDays(60));
        done(keys.take(N2, AT_2, KEY_2, List.of()));

        time = time.plus(Duration.ofDays(30));
        assertThat(fresh().verify(KEY_1)).isPresent();
        time = time.plus(Duration.ofDays(1));

        assertThat(fresh().verify(KEY_1)).isEmpty();
        assertThat(fresh().verify(KEY_2)).isPresent();
    }
}
