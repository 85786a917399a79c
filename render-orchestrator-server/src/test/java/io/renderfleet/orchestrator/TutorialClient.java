package io.renderfleet.orchestrator;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client that does what the orchestrator of a tutorial does: it cuts the frames into batches, posts each as {@code from} and {@code to} to
 * the next server in turn, and asks what {@code Location} names, each time after {@code Retry-After}, until the answer is 200.
 */
final class TutorialClient {
    private final List<URI> servers;

    TutorialClient(List<URI> servers) {
        this.servers = servers;
    }

    /** Renders, and gives the last answer about each batch. */
    List<String> render(int from, int to, int batchSize) {
        List<CompletableFuture<String>> batches = new ArrayList<>();
        for (int first = from; first <= to; first += batchSize) {
            URI server = servers.get(batches.size() % servers.size());
            batches.add(batch(server, first, Math.min(to, first + batchSize - 1)));
        }
        return batches.stream().map(CompletableFuture::join).toList();
    }

    private static CompletableFuture<String> batch(URI server, int from, int to) {
        HttpResponse<String> answer = TestFarm.send(HttpRequest.newBuilder(server.resolve("/job"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"from\": " + from + ", \"to\": " + to + "}")));
        if (answer.statusCode() != 202 || !TestFarm.json(answer).get("pid").isInt()) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        URI place = server.resolve(answer.headers().firstValue("Location").orElseThrow());
        return later(answer, place);
    }

    private static CompletableFuture<String> later(HttpResponse<String> answer, URI place) {
        long seconds = answer.headers().firstValueAsLong("Retry-After").orElseThrow();
        return CompletableFuture.supplyAsync(
                        () -> TestFarm.send(HttpRequest.newBuilder(place)),
                        CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS))
                .thenCompose(next -> switch (next.statusCode()) {
                    case 202 -> later(next, place);
                    case 200 -> CompletableFuture.completedFuture(next.body());
                    default -> throw new AssertionError(next.statusCode() + " " + next.body());
                });
    }
}
