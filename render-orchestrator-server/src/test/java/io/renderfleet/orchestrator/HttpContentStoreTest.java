package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.auth.Role;
import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.testkit.ContentStoreContract;
import io.renderfleet.transport.http.HttpContent;
import io.renderfleet.transport.http.HttpTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Content that workers have through their orchestrator")
@Timeout(120)
class HttpContentStoreTest extends ContentStoreContract {
    private static final long PLENTY = 1L << 30;
    private static final String WORKER = "token-of-a-worker";
    private static final String SUBMITTER = "token-of-a-submitter";

    private final List<CachedContentStore> open = new ArrayList<>();
    private final Path folder;
    private final TestFarm farm;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    HttpContentStoreTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        ContentStore shared = FolderContentStore.shared(
                folder.resolve("shared"), LIMIT, QUOTA, () -> now, ContentLayout.asIs("content"));
        this.farm = new TestFarm(
                folder,
                0,
                server -> server.content(shared)
                        .token(WORKER, Role.NODE, "w-1")
                        .token(SUBMITTER, Role.SUBMITTER, "alice"));
    }

    @AfterEach
    void stop() {
        farm.close();
    }

    private CachedContentStore store(String token) throws IOException {
        HttpContent remote = HttpTransport.builder().token(token).content(farm.server.uri(), LIMIT);
        CachedContentStore store =
                CachedContentStore.open(remote, folder.resolve("copies-" + open.size()), PLENTY, () -> now);
        open.add(store);
        return store;
    }

    @Override
    protected ContentStore connect() throws IOException {
        return store(WORKER);
    }

    @Override
    protected void advance(Duration time) {
        now = now.plus(time);
        open.forEach(CachedContentStore::renew);
    }

    @Test
    @DisplayName("is for nodes alone, and says so")
    void access() throws Exception {
        byte[] content = bytes(1, 1_000);
        Path file = Files.write(folder.resolve("frame"), content);
        assertThat(another().put(digest(content), file)).isInstanceOf(PutOutcome.Stored.class);
        try (ContentStore submitter = store(SUBMITTER)) {
            assertThatThrownBy(() -> submitter.has(digest(content)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("403");
            assertThatThrownBy(() -> submitter.lease(digest(content)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("403")
                    .hasMessageContaining("node");
            assertThatThrownBy(() -> submitter.put(digest(content), file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("403");
        }
    }

    @Test
    @DisplayName("has the limit of the orchestrator, whatever the worker expects")
    void limit() throws Exception {
        Path file = Files.write(folder.resolve("large"), bytes(1, LIMIT + 1));
        try (HttpContent generous = HttpTransport.builder().token(WORKER).content(farm.server.uri(), PLENTY)) {
            assertThatThrownBy(() -> generous.send(Sha256.of(file), file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("413")
                    .hasMessageContaining(LIMIT + " bytes");
        }
    }

    @Test
    @DisplayName("fails in plain words while the orchestrator is away, and works again afterwards with what is here")
    void away() throws Exception {
        ContentStore store = another();
        byte[] content = bytes(1, 1_000);
        Sha256 digest = digest(content);
        assertThat(store.put(digest, new ByteArrayInputStream(content))).isInstanceOf(PutOutcome.Stored.class);
        farm.close();

        assertThatThrownBy(() -> store.has(digest))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "the orchestrator at " + farm.server.uri().toString().replaceFirst("/$", ""));
        assertThat(store.lease(digest)).as("a copy is here").isPresent();
    }
}
