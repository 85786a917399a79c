package io.renderfleet.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.testkit.ContentStoreContract;
import io.renderfleet.testkit.SeaweedServer;
import io.renderfleet.testkit.SeaweedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

@DisplayName("Content in a bucket that several share")
@ExtendWith(SeaweedServers.class)
@Timeout(180)
class S3ContentStoreTest extends ContentStoreContract {
    private static final long PLENTY = 1L << 30;

    private final List<CachedContentStore> open = new ArrayList<>();
    private final SeaweedServer server;
    private final Path folder;
    private final Bucket bucket;
    private final S3Location where;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    S3ContentStoreTest(SeaweedServer server, @TempDir Path folder) throws IOException {
        this.server = server;
        this.folder = folder;
        this.where = location("tests", "/" + UUID.randomUUID());
        this.bucket = Bucket.at(where, credentials(SeaweedServer.SECRET_KEY));
        server.makeBucket(where.bucket());
    }

    @AfterEach
    void close() {
        bucket.close();
    }

    private S3Location location(String name, String prefix) {
        return S3Location.parse("s3://" + name + prefix).at(server.address()).pathStyle(true);
    }

    private static StaticCredentialsProvider credentials(String secret) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(SeaweedServer.ACCESS_KEY, secret));
    }

    private S3Content content(long limit, long quota) throws IOException {
        return S3Content.open(where, credentials(SeaweedServer.SECRET_KEY), limit, quota, () -> now);
    }

    private CachedContentStore store(long limit, long quota) throws IOException {
        CachedContentStore store = CachedContentStore.open(
                content(limit, quota), folder.resolve("copies-" + open.size()), PLENTY, () -> now);
        open.add(store);
        return store;
    }

    @Override
    protected ContentStore connect() throws IOException {
        return store(LIMIT, QUOTA);
    }

    @Override
    protected void advance(Duration time) {
        now = now.plus(time);
        open.forEach(CachedContentStore::renew);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private List<String> keys() throws IOException {
        return bucket.list(where.prefix()).stream().map(S3Object::key).toList();
    }

    @Test
    @DisplayName("takes what is large in parts, and nothing that changes meanwhile")
    void large() throws Exception {
        byte[] content = bytes(1, 2 * Upload.PART + 1_000);
        Path file = file("large", content);
        try (S3Content remote = content(PLENTY, PLENTY);
                CachedContentStore store =
                        CachedContentStore.open(remote, folder.resolve("other-copies"), PLENTY, () -> now)) {
            Sha256 digest = digest(content);

            assertThat(store.put(digest(bytes(2, 10)), file)).isEqualTo(new PutOutcome.HashDiffers(digest));
            assertThat(store.has(digest)).isFalse();
            assertThat(store.put(digest, file)).isInstanceOf(PutOutcome.Stored.class);
            assertThat(store.put(digest, file)).isInstanceOf(PutOutcome.AlreadyThere.class);
            try (ContentLease lease = store.lease(digest).orElseThrow()) {
                assertThat(lease.path()).hasBinaryContent(content);
            }
        }
    }

    @Test
    @DisplayName("never writes over what is there, and is not told by the bucket that other bytes are right")
    void damaged() throws Exception {
        byte[] content = bytes(1, 1_000);
        Sha256 digest = digest(content);
        String key = new Keys(where.prefix()).content(digest);
        var unused = bucket.call(s3 -> s3.putObject(
                request -> request.bucket(where.bucket()).key(key), RequestBody.fromBytes(bytes(2, 1_000))));
        ContentStore store = another();

        assertThat(store.put(digest, file("frame", content))).isInstanceOf(PutOutcome.AlreadyThere.class);
        assertThatThrownBy(() -> store.lease(digest))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(digest.hex());
    }

    @Test
    @DisplayName("leaves alone what is not its own, and keeps no more than the last mark of a use")
    void others() throws Exception {
        String note = where.prefix() + "content/note";
        bucket.mark(note);
        ContentStore store = another();
        byte[] content = bytes(1, LARGE);
        for (int i = 0; i < 3; i++) {
            assertThat(put(store, content)).isNotInstanceOf(PutOutcome.HashDiffers.class);
            advance(Duration.ofMinutes(2));
        }

        assertThat(put(store, bytes(2, LARGE))).isInstanceOf(PutOutcome.Stored.class);

        assertThat(keys().stream().filter(key -> key.contains(digest(content).hex())))
                .hasSize(2);
        assertThat(keys()).contains(note);
    }

    @Test
    @DisplayName("gives up what others have brought in without counting")
    void tidies() throws Exception {
        CachedContentStore orchestrator = store(LIMIT, QUOTA);
        CachedContentStore worker = store(LIMIT, S3Content.NO_QUOTA);
        byte[] scene = bytes(0, LARGE);
        assertThat(put(orchestrator, scene)).isInstanceOf(PutOutcome.Stored.class);
        for (int i = 1; i <= 4; i++) {
            assertThat(put(worker, bytes(i, LARGE))).isInstanceOf(PutOutcome.Stored.class);
        }
        advance(Duration.ofMinutes(5));
        try (ContentLease lease = orchestrator.lease(digest(scene)).orElseThrow()) {
            assertThat(contents()).hasSize(5);

            advance(Duration.ofMinutes(6));

            assertThat(contents()).hasSize(2).contains(new Keys(where.prefix()).content(digest(scene)));
            assertThat(lease.path()).hasBinaryContent(scene);
        } finally {
            orchestrator.close();
            worker.close();
        }
    }

    private List<String> contents() throws IOException {
        return bucket.list(where.prefix() + "content/").stream()
                .map(S3Object::key)
                .toList();
    }

    @Test
    @DisplayName("says at the start what is wrong: no such bucket, a wrong secret, nobody there")
    void refuses() {
        assertThatThrownBy(() -> S3Content.open(
                        location("no-such-bucket", "/farm"), credentials(SeaweedServer.SECRET_KEY), 1, 1, () -> now))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("s3://no-such-bucket/farm")
                .hasMessageContaining("404");
        assertThatThrownBy(() -> S3Content.open(where, credentials("a-wrong-secret"), 1, 1, () -> now))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("403")
                .hasMessageNotContaining("a-wrong-secret");
    }
}
