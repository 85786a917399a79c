package io.renderfleet.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.PutOutcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Copies of content that a server has")
@Timeout(60)
class CachedContentStoreTest {
    private static final int LIMIT = 100;
    private static final int ROOM = 250;

    private final Server server = new Server();
    private final CachedContentStore store;

    CachedContentStoreTest(@TempDir Path folder) throws IOException {
        store = CachedContentStore.open(server, folder, ROOM, Instant::now);
    }

    @AfterEach
    void close() {
        store.close();
        store.close();
    }

    /** Keeps content in memory, and says what was asked of it. */
    private static final class Server implements RemoteContent {
        private final Map<Sha256, byte[]> content = new ConcurrentHashMap<>();
        private final List<String> calls = new ArrayList<>();
        private @Nullable CountDownLatch pause;
        private boolean away;

        Sha256 add(int filling) {
            byte[] bytes = bytes(filling);
            content.put(digest(bytes), bytes);
            return digest(bytes);
        }

        private synchronized void called(String call, Sha256 digest) throws IOException {
            calls.add(call + " " + digest);
            if (away) {
                throw new IOException("nobody answers");
            }
        }

        synchronized long count(String call) {
            return calls.stream().filter(one -> one.startsWith(call)).count();
        }

        @Override
        public long limit() {
            return LIMIT;
        }

        @Override
        public boolean has(Sha256 digest) throws IOException {
            called("has", digest);
            return content.containsKey(digest);
        }

        @Override
        public PutOutcome send(Sha256 digest, Path file) throws IOException {
            called("send", digest);
            content.put(digest, Files.readAllBytes(file));
            return new PutOutcome.Stored();
        }

        @Override
        public Optional<InputStream> open(Sha256 digest) throws IOException {
            called("open", digest);
            CountDownLatch until = pause;
            if (until != null) {
                try {
                    until.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Optional.ofNullable(content.get(digest)).map(ByteArrayInputStream::new);
        }

        @Override
        public void close() {}
    }

    private static byte[] bytes(int filling) {
        byte[] bytes = new byte[90];
        Arrays.fill(bytes, (byte) filling);
        return bytes;
    }

    private static Sha256 digest(byte[] bytes) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes);
        return Sha256.of(digest);
    }

    private void use(Sha256 digest) throws IOException {
        try (ContentLease lease = store.lease(digest).orElseThrow()) {
            assertThat(lease.path()).isRegularFile();
        }
    }

    @Test
    @DisplayName("stay for the next lease, and give way to others at once where there is no more room")
    void giveWay() throws IOException {
        Sha256 first = server.add(1);
        Sha256 second = server.add(2);
        use(first);
        use(first);
        assertThat(server.count("open")).isEqualTo(1);
        use(second);
        use(server.add(3));

        use(second);
        assertThat(server.count("open")).as("was used later than the first").isEqualTo(3);
        use(first);
        assertThat(server.count("open")).isEqualTo(4);
    }

    @Test
    @DisplayName("stay while they are on lease, of which the server is reminded; nothing else has room then")
    void onLease() throws IOException {
        Sha256 first = server.add(1);
        Sha256 second = server.add(2);
        Sha256 third = server.add(3);
        ContentLease other = store.lease(second).orElseThrow();
        try (ContentLease one = store.lease(first).orElseThrow()) {
            assertThatThrownBy(() -> store.lease(third))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "there is no room for a copy of " + third + ": all of the 250 bytes for copies are in use");
            assertThat(one.path()).hasBinaryContent(bytes(1));
            store.renew();
            assertThat(server.calls).contains("has " + first, "has " + second).doesNotContain("has " + third);
            other.close();

            use(third);
        }
    }

    @Test
    @DisplayName("are kept of nothing that is not what its digest says")
    void damaged() throws IOException {
        Sha256 digest = server.add(1);
        server.content.put(digest, bytes(2));
        assertThatThrownBy(() -> store.lease(digest))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(digest.hex());

        server.content.put(digest, bytes(1));
        use(digest);
    }

    @Test
    @DisplayName("are fetched once for all who need them at the same time")
    void once() throws Exception {
        Sha256 digest = server.add(1);
        CountDownLatch pause = new CountDownLatch(1);
        server.pause = pause;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> {
                    use(digest);
                    return null;
                }));
            }
            pause.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.count("open")).isEqualTo(1);
    }

    @Test
    @DisplayName("serve also while the server is away, which says nothing of what it has")
    void away() throws IOException {
        Sha256 digest = server.add(1);
        use(digest);
        server.away = true;

        use(digest);
        store.renew();
        assertThatThrownBy(() -> store.has(digest)).hasMessage("nobody answers");
        assertThatThrownBy(() -> store.lease(server.add(2))).hasMessage("nobody answers");
    }

    @Test
    @DisplayName("are made of what is sent as a stream, before it is sent")
    void sends(@TempDir Path folder) throws IOException {
        byte[] bytes = bytes(7);
        assertThat(store.put(digest(bytes), new ByteArrayInputStream(bytes))).isInstanceOf(PutOutcome.Stored.class);
        use(digest(bytes));
        assertThat(server.count("open")).isZero();

        Path large = Files.write(folder.resolve("large"), new byte[LIMIT + 1]);
        assertThat(store.put(digest(new byte[LIMIT + 1]), large)).isEqualTo(new PutOutcome.TooLarge(LIMIT));
        assertThat(server.count("send")).isEqualTo(1);
    }

    @Test
    @DisplayName("need room for one file at least")
    void tooSmall(@TempDir Path folder) {
        assertThatThrownBy(() -> CachedContentStore.open(server, folder, LIMIT - 1, Instant::now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("99 bytes");
    }
}
