package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A webhook of an orchestrator that is killed")
@Tag("long")
@Timeout(180)
class WebhooksOverRestartTest {
    private static final int JOBS = 6;
    private static final int HANGS = 3;

    @TempDir
    Path folder;

    WebhooksOverRestartTest() {}

    @Test
    @DisplayName(
            "hears of the end of every job, although it failed, hung and answered 500, and knows what it hears twice by its id")
    void everyEnd() throws Exception {
        Map<String, String> jobsById = new ConcurrentHashMap<>();
        List<String> heard = new CopyOnWriteArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(threads);
        receiver.createContext("/", call -> {
            int number = calls.incrementAndGet();
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (number == HANGS) {
                try {
                    TimeUnit.SECONDS.sleep(15);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (number % 2 == 1) {
                call.sendResponseHeaders(500, -1);
            } else {
                String id = call.getRequestHeaders().getFirst("webhook-id");
                heard.add(id);
                jobsById.put(id, body);
                call.sendResponseHeaders(204, -1);
            }
            call.close();
        });
        receiver.start();
        Path secret = Files.writeString(folder.resolve("secret"), "a secret of twenty-three\n");
        String hook = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
        try (ProcessFarm farm = new ProcessFarm(folder, 2)) {
            List<String> jobs = new CopyOnWriteArrayList<>();
            String[] flags = {"--port=0", "--webhook=" + hook, "--webhook-secret-file=" + secret};
            ServerProcess first = farm.orchestrator(folder.resolve("out"), flags);
            for (int i = 0; i < JOBS / 2; i++) {
                jobs.add(ProcessFarm.submit(first.uri(), 4));
            }
            for (String job : jobs) {
                var unused = ProcessFarm.awaitEnd(first.uri(), job);
            }
            first.killAndWait();
            ServerProcess second = farm.orchestrator(folder.resolve("out"), flags);
            for (int i = 0; i < JOBS / 2; i++) {
                jobs.add(ProcessFarm.submit(second.uri(), 4));
            }

            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(jobs)
                            .allSatisfy(job -> assertThat(jobsById.values())
                                    .anySatisfy(body -> assertThat(body).contains(job, "job.completed"))));
            Map<String, Integer> times = new HashMap<>();
            heard.forEach(id -> times.merge(id, 1, Integer::sum));
            assertThat(times).hasSize(JOBS);
        } finally {
            receiver.stop(0);
            threads.shutdownNow();
        }
    }
}
