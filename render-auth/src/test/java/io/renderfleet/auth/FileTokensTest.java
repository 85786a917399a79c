package io.renderfleet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A file of tokens")
@Timeout(60)
class FileTokensTest {
    @TempDir
    Path folder;

    private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");

    private final AtomicLong seconds = new AtomicLong();
    private final TokenIssuer issuer = new TokenIssuer(new SecureRandom(), this::now);
    private TokenListFile file = new TokenListFile(Path.of("tokens"));

    FileTokensTest() {}

    @BeforeEach
    void place() {
        file = new TokenListFile(folder.resolve("tokens"));
    }

    private TokenIssuer.Issued add(String owner, Role role) throws IOException {
        TokenIssuer.Issued issued = issuer.issue(owner, role, Duration.ofDays(90));
        file.update(list -> list.with(issued.entry()));
        return issued;
    }

    private Instant now() {
        return BEGIN.plusSeconds(seconds.get());
    }

    private void later(Duration time) {
        seconds.addAndGet(time.toSeconds());
    }

    private static Optional<String> owner(FileTokens tokens, TokenIssuer.Issued issued) {
        return tokens.verify(issued.token()).map(TokenBearer::owner);
    }

    @Test
    @DisplayName("belongs to its owner alone, and leaves nothing half-written beside it")
    void isPrivate() throws IOException {
        add("alice", Role.SUBMITTER);
        add("bob", Role.SUBMITTER);

        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("tokens", "tokens.lock");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        assertThat(file.read().entries()).extracting(TokenEntry::owner).containsExactly("alice", "bob");
    }

    @Test
    @DisplayName("lets in who was added, and nobody who was revoked, within a second and without a restart")
    void reloads() throws IOException {
        TokenIssuer.Issued alice = add("alice", Role.SUBMITTER);
        FileTokens tokens = new FileTokens(file, this::now);
        assertThat(owner(tokens, alice)).contains("alice");

        TokenIssuer.Issued bob = add("bob", Role.OPERATOR);
        file.update(list -> list.without(alice.entry().id()));
        later(Duration.ofSeconds(1));

        assertThat(owner(tokens, bob)).contains("bob");
        assertThat(owner(tokens, alice)).isEmpty();
        assertThat(tokens.isRevoked(alice.entry().id())).isTrue();
        assertThat(tokens.isRevoked(bob.entry().id())).isFalse();
        assertThat(tokens.isRevoked("token 1")).as("of another kind").isFalse();
    }

    @Test
    @DisplayName("lets nobody in while it is gone")
    void gone() throws IOException {
        TokenIssuer.Issued alice = add("alice", Role.SUBMITTER);
        FileTokens tokens = new FileTokens(file, this::now);
        String text = Files.readString(file.path());

        Files.delete(file.path());
        later(Duration.ofSeconds(1));
        assertThat(owner(tokens, alice)).isEmpty();

        Files.writeString(file.path(), text);
        later(Duration.ofSeconds(1));
        assertThat(owner(tokens, alice)).contains("alice");
    }

    @Test
    @DisplayName("goes on to count as it was while it cannot be understood")
    void damaged() throws IOException {
        TokenIssuer.Issued alice = add("alice", Role.SUBMITTER);
        FileTokens tokens = new FileTokens(file, this::now);

        Files.writeString(file.path(), "half a li");
        later(Duration.ofSeconds(1));

        assertThat(owner(tokens, alice)).contains("alice");
        assertThatThrownBy(() -> add("bob", Role.VIEWER)).hasMessageContaining("line 1");
        assertThat(Files.readString(file.path())).isEqualTo("half a li");
    }

    @Test
    @DisplayName("must be there, and be one, when a server starts")
    void atStart() throws IOException {
        assertThatThrownBy(() -> new FileTokens(file, this::now)).isInstanceOf(NoSuchFileException.class);

        Files.write(file.path(), new byte[] {(byte) 0xff, 0x00, (byte) 0xfe});
        assertThatThrownBy(() -> new FileTokens(file, this::now)).hasMessageContaining(file.path() + " is no text");
    }

    @Test
    @DisplayName("loses no change where several are made at once, and is whole at every moment")
    void manyAtOnce() throws Exception {
        add("first", Role.VIEWER);
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String owner = "w" + i;
                writers.add(threads.submit((Callable<?>) () -> {
                    for (int n = 0; n < 10; n++) {
                        add(owner + "-" + n, Role.VIEWER);
                    }
                    return owner;
                }));
            }
            Future<Integer> reader = threads.submit(() -> {
                int reads = 0;
                while (!writers.stream().allMatch(Future::isDone)) {
                    assertThat(file.read().entries()).isNotEmpty();
                    reads++;
                }
                return reads;
            });
            for (Future<?> writer : writers) {
                writer.get(30, TimeUnit.SECONDS);
            }
            assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
        } finally {
            threads.shutdownNow();
        }
        assertThat(file.read().entries()).hasSize(41);
    }
}
