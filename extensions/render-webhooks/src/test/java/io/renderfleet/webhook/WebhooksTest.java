package io.renderfleet.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import io.renderfleet.store.jdbc.JdbcJobStore;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Webhooks")
@Timeout(60)
class WebhooksTest {
    private static final String SECRET = "a secret of twenty-three";
    private static final Duration SHORT = Duration.ofMillis(20);

    @TempDir
    Path folder;

    private final Receiver receiver = new Receiver();
    private final InProcessTransport transport = new InProcessTransport();
    private RenderNode node;

    WebhooksTest() throws IOException {}

    @BeforeEach
    void startNode() throws IOException {
        node = RenderNode.builder()
                .engine(new TestPatternEngine(Duration.ZERO))
                .outputRoot(folder.resolve("node"))
                .build();
        transport.add("a", node);
    }

    @AfterEach
    void stop() {
        node.close();
        receiver.close();
    }

    private JobStore store() {
        return JdbcJobStore.h2(folder.resolve("jobs"));
    }

    private RenderExecutor farm(JobStore store) {
        return RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(transport)
                .store(store)
                .nodes("inproc:a")
                .outputRoot(folder.resolve("out"))
                .build();
    }

    private Webhooks hooks(JobStore store, RenderExecutor farm, URI... urls) {
        return Webhooks.of(
                        store,
                        Arrays.stream(urls)
                                .map(url -> WebhookTarget.of(url, SECRET))
                                .toList(),
                        SHORT)
                .begin(farm);
    }

    private static RenderHandle rendered(RenderExecutor farm, String frames) throws Exception {
        RenderHandle job = farm.submit(
                RenderRequest.of(Scene.nodeDefault(), frames).name("Cat walk").owner("ann"));
        var unused = job.completion().get(30, TimeUnit.SECONDS);
        return job;
    }

    private static Set<String> kept(JobStore store) {
        return store.values("webhooks").all().toCompletableFuture().join().keySet();
    }

    /** What happens before they have begun for the first time is not told. */
    private static void awaitBegun(JobStore store) {
        await().atMost(Duration.ofSeconds(20)).until(() -> !kept(store).isEmpty());
    }

    private void awaitTaken(int count) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(receiver.taken()).hasSizeGreaterThanOrEqualTo(count));
    }

    @Test
    @DisplayName("tell how a job ended, signed so that the receiver can check it")
    void tells() throws Exception {
        JobStore store = store();
        RenderExecutor farm = farm(store);
        try (Webhooks hooks = hooks(store, farm, receiver.uri())) {
            assertThat(hooks).isNotNull();
            awaitBegun(store);
            RenderHandle job = rendered(farm, "1-3");
            awaitTaken(1);

            Receiver.Told told = receiver.told().get(0);
            assertThat(told.json().at("/type").asText()).isEqualTo("job.completed");
            assertThat(told.json().at("/data/job").asText()).isEqualTo(job.id().value());
            assertThat(told.json().at("/data/name").asText()).isEqualTo("Cat walk");
            assertThat(told.json().at("/data/owner").asText()).isEqualTo("ann");
            assertThat(told.json().at("/data/accepted").asInt()).isEqualTo(3);
            assertThat(told.json().at("/data/failure").isMissingNode()).isTrue();
            assertThat(told.id()).startsWith(job.id().value() + ".");
            Instant at = Instant.ofEpochSecond(Long.parseLong(told.timestamp()));
            assertThat(at).isBetween(Instant.now().minusSeconds(60), Instant.now());
            assertThat(told.signature())
                    .isEqualTo(new WebhookSignature(SECRET.getBytes(StandardCharsets.UTF_8))
                            .of(told.id(), at, told.body()));
        } finally {
            farm.close();
        }
    }

    @Test
    @DisplayName("sign as the specification's own example is signed")
    void signature() {
        byte[] secret = Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(new WebhookSignature(secret)
                        .of(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                Instant.ofEpochSecond(1_614_265_330),
                                "{\"test\": 2432232314}"))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    @DisplayName("tell again what was answered by an error or not at all, under the same id, until it is taken")
    void again() throws Exception {
        receiver.answer(500, 0, 503, 302);
        JobStore store = store();
        RenderExecutor farm = farm(store);
        try (Webhooks hooks = hooks(store, farm, receiver.uri())) {
            assertThat(hooks).isNotNull();
            awaitBegun(store);
            var one = rendered(farm, "1");
            var other = rendered(farm, "2");
            awaitTaken(2);

            assertThat(receiver.told()).extracting(Receiver.Told::answer).startsWith(500, 0, 503, 302, 204);
            assertThat(receiver.taken())
                    .extracting(told -> told.json().at("/data/job").asText())
                    .containsExactly(one.id().value(), other.id().value());
            assertThat(receiver.told().subList(0, 5))
                    .extracting(Receiver.Told::id)
                    .containsOnly(receiver.told().get(0).id());
        } finally {
            farm.close();
        }
    }

    @Test
    @DisplayName(
            "tell after a restart what was not told before it, also the end of a job that came while nobody listened")
    void restart() throws Exception {
        receiver.answer(500, 500, 500, 500, 500, 500, 500, 500);
        String one;
        String other;
        JobStore before = store();
        RenderExecutor farm = farm(before);
        try {
            Webhooks hooks = hooks(before, farm, receiver.uri());
            awaitBegun(before);
            one = rendered(farm, "1").id().value();
            await().atMost(Duration.ofSeconds(20)).until(() -> !receiver.told().isEmpty());
            hooks.close();
            // As where the process ends right after the commit.
            other = rendered(farm, "2").id().value();
        } finally {
            farm.detach();
        }
        JobStore after = store();
        RenderExecutor again = farm(after);
        try (Webhooks hooks = hooks(after, again, receiver.uri())) {
            assertThat(hooks).isNotNull();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(receiver.taken())
                            .extracting(told -> told.json().at("/data/job").asText())
                            .contains(one, other));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(kept(after)).containsExactly("until"));
        } finally {
            again.close();
        }
    }

    @Test
    @DisplayName("let no target that is away hold up another, and give up one that says it is gone")
    void others() throws Exception {
        try (Receiver gone = new Receiver()) {
            gone.answer(410);
            JobStore store = store();
            RenderExecutor farm = farm(store);
            try (Webhooks hooks =
                    hooks(store, farm, URI.create("http://127.0.0.1:1/away"), gone.uri(), receiver.uri())) {
                assertThat(hooks).isNotNull();
                awaitBegun(store);
                var one = rendered(farm, "1");
                var other = rendered(farm, "2");
                awaitTaken(2);

                assertThat(receiver.taken())
                        .extracting(told -> told.json().at("/data/job").asText())
                        .containsExactly(one.id().value(), other.id().value());
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(gone.told())
                                .extracting(told -> told.json().at("/data/job").asText())
                                .containsExactly(one.id().value(), other.id().value()));
            } finally {
                farm.close();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://studio.example/x | a webhook's URL must be like https",
                "https://me:word@studio.example/x | without a user",
                "studio.example | a webhook's URL must be like https",
            })
    @DisplayName("need a URL of the web, without a user in it")
    void urls(URI url, String message) {
        assertThatThrownBy(() -> WebhookTarget.of(url, SECRET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("word");
    }

    @Test
    @DisplayName("need a secret that cannot be guessed, and show neither it nor a query")
    void secrets() {
        URI url = URI.create("https://studio.example/x?key=word");

        assertThatThrownBy(() -> WebhookTarget.of(url, "too short")).hasMessageContaining("has 9 characters");
        assertThat(WebhookTarget.of(url, SECRET)).hasToString("https://studio.example/x");
        assertThat(List.of(WebhookTarget.of(url, SECRET)).toString()).doesNotContain("word", "secret");
    }
}
