package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The example of a farm over a queue")
@ExtendWith(RabbitServers.class)
@Timeout(180)
class QueueFarmTest {
    @Test
    @DisplayName("has two workers render twenty frames, which they leave with the orchestrator")
    void queueFarm(RabbitServer server, @TempDir Path out) throws Exception {
        String printed = Printed.by(() ->
                QueueFarm.main(new String[] {out.toString(), server.address().toString(), "of-a-test"}));

        assertThat(printed)
                .contains("20 frames are in " + out.toAbsolutePath().resolve("frames"))
                .contains("were rendered by worker-1")
                .contains("were rendered by worker-2");
        assertThat(out.resolve("frames").toFile().list()).hasSize(20);
    }
}
