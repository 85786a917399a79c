package io.renderfleet.transport.servicebus;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm whose work goes through Service Bus")
@Timeout(120)
class ServiceBusFarmTest {
    private static final QueueSettings SHORT_LOCK = QueueSettings.USUAL.lock(Duration.ofSeconds(2));

    private static final RenderSettings TINY =
            RenderSettings.builder().width(64).height(36).build();

    private static final RenderRequest SHOT =
            RenderRequest.of(Scene.nodeDefault(), "1-20").settings(TINY).batchSize(2);

    private final ServiceBusServer server = ServiceBusServer.start();
    private final ServiceBusFarm bus;

    ServiceBusFarmTest(@TempDir Path folder) {
        bus = new ServiceBusFarm(server, SHORT_LOCK, folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void assertComplete(RenderHandle job) throws Exception {
        RenderResult result = job.completion().get(90, TimeUnit.SECONDS);
        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(result.files())
                .hasSize(20)
                .allSatisfy(file -> assertThat(file).isNotEmptyFile());
        assertThat(job.snapshot().batches()).extracting(Batch::state).doesNotContain(Batch.State.FAILED);
        assertThat(server.deadLetters(bus.queue())).isEmpty();
    }

    @Test
    @DisplayName("renders twenty frames on two workers, all of them accepted")
    void rendersTwentyFrames() throws Exception {
        try (bus) {
            bus.worker("left", Duration.ofMillis(50));
            bus.worker("right", Duration.ofMillis(50));
            RenderExecutor farm = bus.coordinator(4);

            RenderHandle job = farm.submit(SHOT);

            assertComplete(job);
            assertThat(job.snapshot().batches())
                    .extracting(Batch::node)
                    .extracting(String::valueOf)
                    .containsOnly("left", "right")
                    .contains("left", "right");
            assertThat(bus.rendered()).isEqualTo(20);
        }
    }

    @Tag("long")
    @Test
    @DisplayName("loses nothing when Service Bus is away for a while")
    void brokerIsStopped() throws Exception {
        try (bus) {
            bus.worker("left", Duration.ofMillis(300));
            bus.worker("right", Duration.ofMillis(300));
            RenderExecutor farm = bus.coordinator(4);
            RenderHandle job = farm.submit(SHOT);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> job.snapshot().accepted().size() >= 3);

            server.stop();
            server.startServer();

            assertComplete(job);
        }
    }

    @Test
    @DisplayName("renders every batch once although each of its messages is in the queue twice")
    void doubled() throws Exception {
        try (bus) {
            RenderExecutor farm = bus.coordinator(10);
            RenderHandle job = farm.submit(SHOT);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> server.texts(bus.queue()).size() == 10);
            server.doubleAll(bus.queue());
            assertThat(server.texts(bus.queue())).hasSize(20);

            bus.worker("left", Duration.ofMillis(20));
            bus.worker("right", Duration.ofMillis(20));

            assertComplete(job);
            assertThat(bus.rendered()).isEqualTo(20);
        }
    }

    @Tag("long")
    @Test
    @DisplayName("renders what a worker has taken that died before it said so, once the lock has run out")
    void deadBeforeTheClaim() throws Exception {
        try (bus;
                ServiceBusReceiverAsyncClient dead = new ServiceBusClientBuilder()
                        .connectionString(server.connectionString())
                        .receiver()
                        .queueName(bus.queue())
                        .maxAutoLockRenewDuration(Duration.ZERO)
                        .disableAutoComplete()
                        .buildAsyncClient()) {
            RenderExecutor farm = bus.coordinator(10);
            RenderHandle job = farm.submit(SHOT);
            assertThat(dead.receiveMessages().blockFirst(Duration.ofSeconds(30)))
                    .isNotNull();

            bus.worker("heir", Duration.ofMillis(20));

            assertComplete(job);
            assertThat(bus.rendered()).isEqualTo(20);
        }
    }

    @Tag("long")
    @Test
    @DisplayName("renders elsewhere what a worker had begun that is gone")
    void deadAfterTheClaim() throws Exception {
        try (bus) {
            AutoCloseable gone = bus.worker("gone", Duration.ofMinutes(10));
            RenderExecutor farm = bus.coordinator(4);
            RenderHandle job = farm.submit(SHOT);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> bus.begun() == 1);

            gone.close();
            bus.worker("heir", Duration.ofMillis(20));

            assertComplete(job);
            assertThat(bus.rendered()).isEqualTo(20);
        }
    }
}
