package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.testkit.ExternalTool;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A Prometheus that watches a farm with nodes and a pool")
@ExtendWith(RabbitServers.class)
@Tag("long")
@Timeout(240)
class PrometheusTest {
    private static final Pattern LISTENING = Pattern.compile("address=127\\.0\\.0\\.1:([1-9]\\d*)");

    private final RabbitServer broker;
    private final Path folder;

    PrometheusTest(RabbitServer broker, @TempDir Path folder) {
        this.broker = broker;
        this.folder = folder;
    }

    private Process start(URI farm) throws Exception {
        Path config = Files.writeString(folder.resolve("prometheus.yaml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: [%s]
                scrape_configs:
                - {job_name: farm, static_configs: [{targets: ['%s']}]}
                """.formatted(
                        MonitoringFiles.FOLDER.resolve("alerts.yaml"), farm.getAuthority()));
        return new ProcessBuilder(
                        ExternalTool.PROMETHEUS.require().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:0")
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private Path log() {
        return folder.resolve("prometheus.txt");
    }

    private int awaitPort() {
        return await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> LISTENING
                                .matcher(Files.readString(log()))
                                .results()
                                .mapToInt(found -> Integer.parseInt(found.group(1)))
                                .findFirst(),
                        OptionalInt::isPresent)
                .getAsInt();
    }

    private static JsonNode ask(int port, String path) {
        return TestFarm.json(
                TestFarm.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
                        .timeout(Duration.ofSeconds(20))));
    }

    private static JsonNode query(int port, String query) {
        return ask(port, "query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .at("/data/result");
    }

    @Test
    @DisplayName("has data for every panel, and takes every rule")
    void everyPanel() throws Exception {
        try (ProcessFarm farm = new ProcessFarm(folder, 1)) {
            ServerProcess orchestrator = farm.orchestrator(
                    folder.resolve("out"),
                    "--port=0",
                    "--pool=rabbitmq:watched",
                    "--pool-capacity=2",
                    "--broker=" + broker.address(),
                    "--shared-store=" + folder.resolve("blobs"));
            Process prometheus = start(orchestrator.uri());
            try {
                int port = awaitPort();
                var unused = ProcessFarm.awaitEnd(orchestrator.uri(), ProcessFarm.submit(orchestrator.uri(), 8));
                // Rates need two readings, half a minute apart at most.
                await().atMost(Duration.ofSeconds(90))
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(MonitoringFiles.queries())
                                .hasSizeGreaterThan(30)
                                .allSatisfy(
                                        query -> assertThat(query(port, query)).isNotEmpty()));
                JsonNode rules = ask(port, "rules").at("/data/groups/0/rules");
                assertThat(rules.findValuesAsText("name")).containsExactlyElementsOf(MonitoringFiles.alerts());
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(ask(port, "rules")
                                        .at("/data/groups/0/rules")
                                        .findValuesAsText("health"))
                                .containsOnly("ok"));
            } finally {
                prometheus.destroy();
                assertThat(prometheus.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }
}
