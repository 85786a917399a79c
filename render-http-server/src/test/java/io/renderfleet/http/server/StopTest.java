package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A server that stops")
@Timeout(60)
class StopTest {
    private static final Answer FINE = Answer.text(200, "text/plain", "fine");

    StopTest() {}

    private static Duration stopAfterACall() throws Exception {
        LoopbackServer server =
                new LoopbackServer(HttpLimits.USUAL, routes -> routes.route("GET", "/fine", call -> FINE.now()));
        server.get("/fine");
        long began = System.nanoTime();
        server.close();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    @DisplayName("does not wait for clients that keep their connections for later")
    void kept() {
        // The best of several: a busy machine makes one or another slow.
        await().pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(stopAfterACall()).isLessThan(Duration.ofMillis(800)));
    }

    @Test
    @DisplayName("waits for the call that is being answered")
    void answers() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        LoopbackServer server = new LoopbackServer(
                HttpLimits.USUAL,
                routes -> routes.route("GET", "/fine", call -> FINE.now()).route("GET", "/slow", call -> {
                    asked.countDown();
                    return answer;
                }));
        server.get("/fine");
        CompletableFuture<HttpResponse<String>> call =
                server.client.sendAsync(server.request("/slow").build(), HttpResponse.BodyHandlers.ofString());
        asked.await();

        HttpRequest another = server.request("/fine").build();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
        // While it stops it takes no new calls.
        await().until(() -> refuses(server.client, another));
        assertThat(stopped).isNotDone();
        answer.complete(FINE);

        assertThat(call.get().body()).isEqualTo("fine");
        stopped.get();
    }

    private static boolean refuses(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 503;
        } catch (IOException closed) {
            return true;
        }
    }
}
