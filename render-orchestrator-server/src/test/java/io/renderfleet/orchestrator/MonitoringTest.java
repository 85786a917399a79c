package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.store.InMemoryJobStore;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What is there to watch a farm with")
@Timeout(60)
class MonitoringTest {
    MonitoringTest() {}

    @ParameterizedTest(name = "promtool {0}")
    @ValueSource(
            strings = {
                "check rules alerts.yaml",
                "check config prometheus.yaml",
                "check config --syntax-only prometheus-compose.yaml",
                "test rules alerts-test.yaml"
            })
    @DisplayName("is right for Prometheus, and each alert fires where it should, and there alone")
    void rules(String arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(ExternalTool.PROMTOOL.require().toString()));
        command.addAll(List.of(arguments.split(" ")));
        Process promtool = new ProcessBuilder(command)
                .directory(MonitoringFiles.FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(promtool.exitValue()).as(said).isZero();
        assertThat(said).contains("SUCCESS");
    }

    @Test
    @DisplayName("has a test in which each alert fires, one in which it does not, and a line on each for operators")
    void everyAlert() throws IOException {
        String tests = MonitoringFiles.text("alerts-test.yaml");
        String operating = Files.readString(Path.of("..", "docs", "operating.md"));

        assertThat(MonitoringFiles.alerts()).hasSize(13).allSatisfy(alert -> {
            assertThat(tests).contains("alertname: " + alert + ", exp_alerts: []}");
            assertThat(tests).containsPattern("alertname: " + alert + "\\s+exp_alerts:\\s+- ");
            assertThat(operating).contains("| `" + alert + "` |");
        });
    }

    @Test
    @DisplayName("asks only for metrics that an orchestrator has")
    void metricsAreThere(@TempDir Path folder) throws IOException {
        Set<String> asked = new TreeSet<>(MonitoringFiles.metrics(MonitoringFiles.text("alerts.yaml")));
        MonitoringFiles.queries().forEach(query -> asked.addAll(MonitoringFiles.metrics(query)));
        // Those of pools are there where there is a pool: PrometheusTest has one.
        asked.removeIf(name -> name.startsWith("renderfleet_pool_"));

        try (TestFarm farm = new TestFarm(folder, 1, server -> server.store(new InMemoryJobStore()))) {
            farm.await(farm.submit("{\"frames\": \"1-2\", \"settings\": {\"width\": 32, \"height\": 18}}"));
            String metrics = farm.get("/metrics").body();

            assertThat(asked)
                    .hasSizeGreaterThan(20)
                    .allSatisfy(name -> assertThat(metrics).containsPattern("(?m)^" + name + "[{ ]"));
        }
    }
}
