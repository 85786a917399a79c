package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A poll")
@Timeout(60)
class HeldPollsTest {
    private final HeldPolls polls = new HeldPolls(300);
    private final Counter counter = new Counter();
    private LoopbackServer server;

    @BeforeEach
    void start() throws Exception {
        server = new LoopbackServer(
                HttpLimits.USUAL,
                routes -> routes.route(
                        "GET", "/job", call -> polls.answer(call, counter, answer -> answer.with("Prompt", "yes"))));
    }

    @AfterEach
    void stop() {
        polls.release();
        server.close();
    }

    private CompletableFuture<HttpResponse<String>> poll(String... headers) {
        var request = server.request("/job");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void awaitHeld(int number) {
        await().until(() -> polls.size() == number);
    }

    @Test
    @DisplayName("without a preference is answered at once")
    void plain() throws Exception {
        HttpResponse<String> response = poll().get();

        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.headers().map()).containsKeys("prompt", "etag").doesNotContainKey("preference-applied");
        assertThat(response.headers().firstValue("Vary")).contains("Accept, Prefer");
        assertThat(poll("If-None-Match", "\"v0\"").get().statusCode()).isEqualTo(304);
        assertThat(poll("If-None-Match", "\"x\"").get().statusCode()).isEqualTo(202);
        assertThat(poll("Prefer", "wait=0").get().headers().map()).doesNotContainKey("preference-applied");
        assertThat(poll("Prefer", "wait=soon").get().statusCode()).isEqualTo(202);
    }

    @Test
    @DisplayName("that would rather wait is answered when the thing has ended, not at each change")
    void untilTheEnd() throws Exception {
        var response = poll("Prefer", "respond-async, wait=20");
        awaitHeld(1);
        counter.change(false);
        assertThat(response).isNotDone();
        counter.change(true);

        assertThat(response.get().statusCode()).isEqualTo(200);
        assertThat(response.get().headers().firstValue("Preference-Applied")).contains("wait");
        assertThat(response.get().headers().map()).doesNotContainKey("prompt");
        assertThat(polls.size()).isZero();
        await().untilAsserted(() -> assertThat(counter.watches).isEmpty());
    }

    @Test
    @DisplayName("with an entity tag is answered at the next change")
    void untilAChange() throws Exception {
        var response = poll("Prefer", "wait=20", "If-None-Match", "\"v0\"");
        awaitHeld(1);
        counter.change(false);

        assertThat(response.get().statusCode()).isEqualTo(202);
        assertThat(response.get().headers().firstValue("ETag")).contains("W/\"v1\"");
    }

    @Test
    @DisplayName("with an old entity tag is held for a quarter of a second all the same")
    void calm() throws Exception {
        counter.change(false);
        long began = System.nanoTime();
        var response = poll("Prefer", "wait=20", "If-None-Match", "\"v0\"").get();

        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(250));
    }

    @Test
    @DisplayName("with an old entity tag is answered at an end at once")
    void calmUntilTheEnd() throws Exception {
        Duration shortest = Duration.ofDays(1);
        for (int i = 0; i < 10; i++) {
            counter.begin();
            long began = System.nanoTime();
            var response = poll("Prefer", "wait=20", "If-None-Match", "\"old\"");
            awaitHeld(1);
            counter.change(true);

            assertThat(response.get().statusCode()).isEqualTo(200);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            shortest = took.compareTo(shortest) < 0 ? took : shortest;
        }
        assertThat(shortest).isLessThan(Duration.ofMillis(250));
    }

    @Test
    @DisplayName("with an entity tag is answered at an end, also after a change that it knew of")
    void endAfterAKnownChange() throws Exception {
        var response = poll("Prefer", "wait=20", "If-None-Match", "\"v0\", \"v1\"");
        awaitHeld(1);
        await().until(() -> counter.watches.size() == 2);
        counter.change(false);
        assertThat(response).isNotDone();
        counter.change(true);

        assertThat(response.get().statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("is answered when its time is up: 304 if nothing has changed, else as it stands")
    void expiry() throws Exception {
        assertThat(poll("Prefer", "wait=1", "If-None-Match", "\"v0\"").get().statusCode())
                .isEqualTo(304);
        assertThat(poll("Prefer", "wait=1").get().statusCode()).isEqualTo(202);
    }

    @Test
    @DisplayName("takes no thread while it is held")
    void threads() throws Exception {
        var responses =
                IntStream.range(0, 300).mapToObj(i -> poll("Prefer", "wait=20")).toList();
        awaitHeld(300);
        long busy = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("http-"))
                .count();
        assertThat(busy).isLessThanOrEqualTo(64);
        assertThat(poll("Prefer", "wait=20").get().headers().map())
                .as("one beyond the capacity")
                .containsKey("prompt");
        counter.change(true);

        for (var response : responses) {
            assertThat(response.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("is answered when the server is about to stop, and none is held from then on")
    void release() throws Exception {
        var response = poll("Prefer", "wait=20");
        awaitHeld(1);
        polls.release();

        assertThat(response.get().statusCode()).isEqualTo(202);
        assertThat(poll("Prefer", "wait=20").get().headers().map()).containsKey("prompt");
    }

    private static final class Counter implements Watched {
        private final CopyOnWriteArrayList<Watch> watches = new CopyOnWriteArrayList<>();
        private volatile Glimpse glimpse = glimpse(0, false);

        private record Watch(boolean endOnly, Runnable changed) {}

        void begin() {
            glimpse = glimpse(0, false);
        }

        void change(boolean ended) {
            glimpse = glimpse(glimpse.version() + 1, ended);
            watches.stream().filter(watch -> ended || !watch.endOnly).forEach(this::call);
        }

        private void call(Watch watch) {
            if (watches.remove(watch)) {
                watch.changed.run();
            }
        }

        private static Glimpse glimpse(long version, boolean ended) {
            Answer answer = Answer.json(ended ? 200 : 202, Map.of("v", version));
            return new Glimpse(ended, version, "v" + version, () -> answer);
        }

        @Override
        public Glimpse now() {
            return glimpse;
        }

        @Override
        public Subscription subscribe(Glimpse since, boolean endOnly, Runnable changed) {
            Watch watch = new Watch(endOnly, changed);
            watches.add(watch);
            if (glimpse.ended() || (!endOnly && glimpse.version() != since.version())) {
                call(watch);
            }
            return () -> watches.remove(watch);
        }
    }
}
