package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A quick route")
@Timeout(60)
class QuickRouteTest {
    private static final int WAITING = 5;

    private final CountDownLatch waiting = new CountDownLatch(WAITING);
    private final CountDownLatch release = new CountDownLatch(1);

    private Answer released() {
        waiting.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Answer.empty(204);
    }

    @Test
    @DisplayName("is answered while endpoints of other routes wait, each on a thread of its own")
    void besideSlowOnes() throws Exception {
        try (LoopbackServer server = new LoopbackServer(
                HttpLimits.USUAL,
                routes -> routes.quick(
                                "GET",
                                "/quick/{id}",
                                call -> Answer.text(200, "text/plain", call.path("id"))
                                        .now())
                        .route("GET", "/slow", call -> released().now()))) {
            List<CompletableFuture<Integer>> slow = IntStream.range(0, WAITING)
                    .mapToObj(i -> server.client
                            .sendAsync(server.request("/slow").build(), BodyHandlers.discarding())
                            .thenApply(HttpResponse::statusCode))
                    .toList();
            waiting.await();

            for (int i = 0; i < 20; i++) {
                assertThat(server.get("/quick/" + i).body()).isEqualTo(Integer.toString(i));
            }
            assertThat(server.get("/none").statusCode()).isEqualTo(404);
            assertThat(slow).noneMatch(CompletableFuture::isDone);
            release.countDown();
            for (CompletableFuture<Integer> one : slow) {
                assertThat(one.get()).isEqualTo(204);
            }
        }
    }

    @Test
    @DisplayName("keeps Jetty from giving each call another thread, which it does where there is none")
    void invocation() {
        Handler quick = Router.builder()
                .quick("GET", "/quick", call -> Answer.empty(204).now())
                .build();
        Handler slow = Router.builder()
                .route("GET", "/slow", call -> Answer.empty(204).now())
                .build();

        assertThat(quick.getInvocationType()).isEqualTo(InvocationType.NON_BLOCKING);
        assertThat(slow.getInvocationType()).isEqualTo(InvocationType.BLOCKING);
    }
}
