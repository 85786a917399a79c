package io.renderfleet.benchmarks.attack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Submits small jobs one after the other, and waits for the end of each as the command line does: with a key, and again after 429 or 503. */
final class HonestClient {
    private static final Pattern JOB = Pattern.compile("\"jobId\":\"([^\"]+)\"");
    private static final String SMALL =
            "{\"frames\": \"1-4\", \"batchSize\": 2, \"settings\": {\"width\": 64, \"height\": 36}}";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI farm;

    HonestClient(URI farm) {
        this.farm = farm;
    }

    /**
     * Does so many jobs.
     *
     * @return how long each took from its submission until its client knew that it was completed; those that were not are missing
     */
    List<Duration> jobs(int count) throws InterruptedException {
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long began = System.nanoTime();
            if (oneJob(began + PATIENCE.toNanos())) {
                times.add(Duration.ofNanos(System.nanoTime() - began));
            }
        }
        return times;
    }

    private boolean oneJob(long deadline) throws InterruptedException {
        HttpRequest submission = request("/render")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(HttpRequest.BodyPublishers.ofString(SMALL))
                .build();
        Matcher job = JOB.matcher(insist(submission, 202, deadline));
        if (!job.find()) {
            return false;
        }
        HttpRequest poll = request("/status/" + job.group(1))
                .header("Prefer", "wait=20")
                .header("Accept", "application/json")
                .build();
        return insist(poll, 200, deadline).contains("\"state\":\"completed\"");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(farm.resolve(path))
                .header("Authorization", "Bearer " + AttackedFarm.HONEST)
                .timeout(Duration.ofSeconds(30));
    }

    /** Repeats a call until it gets the answer that it is about, or time is up. */
    private String insist(HttpRequest request, int wanted, long deadline) throws InterruptedException {
        while (System.nanoTime() < deadline) {
            try {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == wanted) {
                    return answer.body();
                }
                boolean polling = request.method().equals("GET") && answer.statusCode() == 202;
                Thread.sleep(
                        polling
                                ? 0
                                : 1_000
                                        * answer.headers()
                                                .firstValueAsLong("Retry-After")
                                                .orElse(1));
            } catch (IOException broken) {
                Thread.sleep(100);
            }
        }
        return "";
    }
}
