package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.store.InMemoryJobStore;
import io.renderfleet.metrics.MeasuredStore;
import io.renderfleet.metrics.MeasuredTransport;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The metrics of an orchestrator")
@Timeout(60)
class MetricsTest {
    MetricsTest() {}

    private static double value(TestFarm farm, String line) {
        return farm.get("/metrics")
                .body()
                .lines()
                .filter(text -> text.startsWith(line + " "))
                .mapToDouble(text -> Double.parseDouble(text.substring(line.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    @Test
    @DisplayName("count jobs, batches, frames, nodes, and what nodes and the store took")
    void count(@TempDir Path folder) throws IOException {
        try (TestFarm farm = new TestFarm(folder, 2, server -> server.store(new InMemoryJobStore()))) {
            farm.await(farm.submit(
                    "{\"frames\": \"1-4\", \"batchSize\": 2, \"settings\": {\"width\": 32, \"height\": 18}}"));
            farm.submit("{\"frames\": \"1\", \"requires\": {\"gpu\": \"none-has-this\"}}");

            await().untilAsserted(() -> {
                assertThat(value(farm, "renderfleet_jobs{state=\"completed\"}")).isEqualTo(1);
                assertThat(value(farm, "renderfleet_jobs{state=\"queued\"}")).isEqualTo(1);
                assertThat(value(farm, "renderfleet_jobs_ended_total{state=\"completed\"}"))
                        .isEqualTo(1);
                assertThat(value(farm, "renderfleet_nodes{state=\"up\"}")).isEqualTo(2);
                assertThat(value(farm, "renderfleet_slots")).isEqualTo(2);
            });
            assertThat(value(farm, "renderfleet_jobs_submitted_total")).isEqualTo(2);
            assertThat(value(farm, "renderfleet_frames_accepted_total")).isEqualTo(4);
            assertThat(value(farm, "renderfleet_frame_render_seconds_count")).isEqualTo(4);
            assertThat(value(farm, "renderfleet_batches_dispatched_total")).isGreaterThanOrEqualTo(2);
            assertThat(value(farm, "renderfleet_batches_ended_total{outcome=\"completed\"}"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(value(farm, "renderfleet_batch_dispatch_seconds_count")).isGreaterThanOrEqualTo(2);
            assertThat(value(farm, "renderfleet_job_wait_seconds_count")).isEqualTo(1);
            assertThat(value(farm, "renderfleet_ready")).isEqualTo(1);
            assertThat(value(farm, "renderfleet_node_calls_seconds_count{call=\"poll\",outcome=\"ended\"}"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(value(farm, "renderfleet_store_append_seconds_count{outcome=\"committed\"}"))
                    .isPositive();
            assertThat(value(
                            farm, "http_server_requests_seconds_count{method=\"POST\",status=\"202\",uri=\"/render\"}"))
                    .isEqualTo(2);
        }
    }

    @Test
    @DisplayName("leave nothing out of what is measured: every call of a transport and of a store is passed on")
    void passOn() {
        passesOn(RenderTransport.class, MeasuredTransport.class);
        passesOn(JobStore.class, MeasuredStore.class);
    }

    /** A default method that is not passed on would silently do nothing. */
    private static void passesOn(Class<?> contract, Class<?> wrapper) {
        List<String> own =
                Arrays.stream(wrapper.getDeclaredMethods()).map(Method::getName).toList();
        assertThat(own)
                .containsAll(Arrays.stream(contract.getMethods())
                        .map(Method::getName)
                        .toList());
    }
}
