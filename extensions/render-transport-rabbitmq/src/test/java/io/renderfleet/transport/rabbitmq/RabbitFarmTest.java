package io.renderfleet.transport.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm whose work goes through RabbitMQ")
@ExtendWith(RabbitServers.class)
@Timeout(240)
class RabbitFarmTest {
    private static final RenderSettings TINY =
            RenderSettings.builder().width(64).height(36).build();

    private static final RenderRequest SHOT =
            RenderRequest.of(Scene.nodeDefault(), "1-20").settings(TINY).batchSize(2);

    private final RabbitServer server;
    private final RabbitFarm rabbit;

    RabbitFarmTest(RabbitServer server, @TempDir Path folder) {
        this.server = server;
        rabbit = new RabbitFarm(server, folder);
    }

    @Test
    @DisplayName("renders twenty frames on two workers, all of them accepted")
    void rendersTwentyFrames() throws Exception {
        try (rabbit) {
            rabbit.worker("left", Duration.ofMillis(50));
            rabbit.worker("right", Duration.ofMillis(50));
            RenderExecutor farm = rabbit.coordinator(4);

            RenderHandle job = farm.submit(SHOT);
            RenderResult result = job.completion().get(60, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files())
                    .hasSize(20)
                    .allSatisfy(file -> assertThat(file).isNotEmptyFile());
            assertThat(job.snapshot().batches())
                    .extracting(Batch::node)
                    .extracting(String::valueOf)
                    .containsOnly("left", "right")
                    .contains("left", "right");
        }
    }

    @Tag("long")
    @Test
    @DisplayName("loses nothing when RabbitMQ is killed and started again")
    void brokerIsKilled() throws Exception {
        try (rabbit) {
            rabbit.worker("left", Duration.ofMillis(400));
            rabbit.worker("right", Duration.ofMillis(400));
            RenderExecutor farm = rabbit.coordinator(4);
            RenderHandle job = farm.submit(SHOT);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> job.snapshot().accepted().size() >= 3);

            server.kill();
            server.startServer();
            RenderResult result = job.completion().get(90, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(20);
            assertThat(job.snapshot().batches()).extracting(Batch::state).doesNotContain(Batch.State.FAILED);
        }
    }
}
