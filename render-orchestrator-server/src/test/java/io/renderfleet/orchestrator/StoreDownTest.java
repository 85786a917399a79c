package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import io.renderfleet.core.store.InMemoryJobStore;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An orchestrator whose store is down")
@Timeout(60)
class StoreDownTest {
    private static final String WAITING = "{\"from\": 1, \"to\": 3, \"requires\": {\"gpu\": \"none-has-this\"}}";

    private final BreakableStore store = new BreakableStore();
    private TestFarm farm;
    private String before;

    StoreDownTest() {}

    private static final class BreakableStore implements JobStore {
        private final JobStore store = new InMemoryJobStore();
        private volatile boolean down;

        @Override
        public CompletionStage<StoreOpening> open(Consumer<JobTransition> history) {
            return store.open(history);
        }

        @Override
        public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
            return down
                    ? CompletableFuture.failedStage(new StoreException("the disk at /srv/secret is full", null))
                    : store.append(position, transitions);
        }

        @Override
        public StoredValues values(String part) {
            return store.values(part);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        farm = new TestFarm(folder, 0, server -> server.store(store).patience(Duration.ofSeconds(1)));
        before = farm.submit(WAITING);
        store.down = true;
    }

    @AfterEach
    void stop() {
        store.down = false;
        farm.close();
    }

    private static void isStoreDown(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(TestFarm.json(answer).get("type").asText()).isEqualTo("urn:renderfleet:problem:store-down");
        assertThat(answer.body()).doesNotContain("secret");
    }

    @Test
    @DisplayName("takes no work in and no change, also not the first that finds it out; it answers who reads")
    void takesNothingIn() {
        isStoreDown(farm.post("/render", WAITING));
        isStoreDown(farm.post("/render", WAITING));
        isStoreDown(farm.post("/jobs/" + before + "/pause", ""));
        isStoreDown(farm.get("/health/ready"));

        assertThat(farm.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(farm.get("/jobs").statusCode()).isEqualTo(200);
        assertThat(farm.get("/status/" + before).statusCode()).isEqualTo(202);
        assertThat(farm.get("/metrics").body()).contains("renderfleet_ready 0.0");
    }

    private HttpResponse<String> postKeyed() {
        return TestFarm.send(farm.request("/render")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "k-1")
                .POST(HttpRequest.BodyPublishers.ofString(WAITING)));
    }

    @Test
    @DisplayName("tells a client with a key the same however often it asks, and then takes its job in once")
    void keysAreSafe() {
        isStoreDown(postKeyed());
        isStoreDown(postKeyed());
        store.down = false;

        await().until(() -> postKeyed().statusCode() == 202);
        assertThat(TestFarm.json(farm.get("/jobs")).get("jobs")).hasSize(2);
    }

    @Test
    @DisplayName("is ready again, and takes work in, once the store is back")
    void comesBack() {
        isStoreDown(farm.post("/render", WAITING));
        store.down = false;

        await().until(() -> farm.get("/health/ready").statusCode() == 200);
        assertThat(farm.post("/render", WAITING).statusCode()).isEqualTo(202);
    }
}
