package io.renderfleet.benchmarks.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** The calls that the engine makes, in the same order and of the same size, made by nothing but the JDK's client. */
final class RawLoop {
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final KnownAt known;
    private final AtomicInteger left;

    RawLoop(int batches, KnownAt known) {
        this.left = new AtomicInteger(batches);
        this.known = known;
    }

    /** Has all nodes render, each one batch after the other, until all batches are done. */
    void run(List<URI> nodes) {
        CompletableFuture.allOf(nodes.stream()
                        .map(node -> next(node).toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    private CompletionStage<?> next(URI node) {
        int number = left.getAndDecrement();
        return number <= 0
                ? CompletableFuture.completedStage(number)
                : batch(node, number).thenCompose(done -> next(node));
    }

    private CompletionStage<?> batch(URI node, int frame) {
        String body = "{\"from\":" + frame + ",\"to\":" + frame
                + ",\"output\":\"blender-render_####\",\"settings\":{},\"timeoutSeconds\":86400,\"job\":\"job-5f0c1a2b\",\"batch\":\""
                + frame + "\"}";
        HttpRequest submit = to(node, "/job")
                .header("Content-Type", "application/json")
                .header("Attempt", "f-0b5f1c9e/1/" + frame)
                .header("Idempotency-Key", "f-0b5f1c9e/1/" + frame)
                .POST(BodyPublishers.ofString(body))
                .build();
        return send(submit).thenCompose(taken -> {
            String job = StubBook.text(taken.body(), "id");
            HttpRequest poll =
                    to(node, "/job/" + job).header("Prefer", "wait=20").build();
            return send(poll).thenCompose(ended -> {
                known.note(job);
                return send(to(node, "/job/" + job + "/frames/" + frame).build());
            });
        });
    }

    private static HttpRequest.Builder to(URI node, String path) {
        return HttpRequest.newBuilder(node.resolve(path))
                .header("Accept", "application/json, text/plain;q=0.5, */*;q=0.1");
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofString());
    }
}
