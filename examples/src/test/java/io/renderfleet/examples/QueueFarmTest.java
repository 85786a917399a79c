package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The example of a farm over a queue")
@ExtendWith(RabbitServers.class)
@Timeout(180)
class QueueFarmTest {
    @Test
    @DisplayName("has its workers render twenty frames, which they leave with the orchestrator")
    void queueFarm(RabbitServer server, @TempDir Path out) throws Exception {
        String printed = Printed.by(() ->
                QueueFarm.main(new String[] {out.toString(), server.address().toString(), "of-a-test"}));

        assertFrames(printed, out);
    }

    @Tag("long")
    @Test
    @DisplayName("does the same through Service Bus")
    void serviceBusFarm(@TempDir Path out) throws Exception {
        try (ServiceBusServer server = ServiceBusServer.start()) {
            server.createPool("of-a-test", QueueSettings.USUAL);

            String printed =
                    Printed.by(() -> ServiceBusFarm.run(out, server.address(), server.connectionString(), "of-a-test"));

            assertFrames(printed, out);
        }
    }

    @Tag("long")
    @Test
    @DisplayName("does the same through Kafka")
    void kafkaFarm(@TempDir Path out) throws Exception {
        try (KafkaServer server = KafkaServer.start()) {
            String printed = Printed.by(() -> KafkaFarm.main(
                    new String[] {out.toString(), server.address().toString(), "of-a-test"}));

            assertFrames(printed, out);
        }
    }

    private static void assertFrames(String printed, Path out) {
        // Which of the two had how many depends on who was there first.
        assertThat(printed.lines())
                .contains("20 frames are in " + out.toAbsolutePath().resolve("frames"))
                .filteredOn(line -> line.contains(" were rendered by "))
                .isNotEmpty()
                .allMatch(line -> line.matches("frames [0-9-]+ were rendered by worker-[12]"));
        assertThat(out.resolve("frames").toFile().list()).hasSize(20);
    }
}
