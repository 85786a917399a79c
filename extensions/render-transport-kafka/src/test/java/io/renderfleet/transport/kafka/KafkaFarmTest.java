package io.renderfleet.transport.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.testkit.KafkaServers;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm whose work goes through Kafka")
@ExtendWith(KafkaServers.class)
@Timeout(240)
class KafkaFarmTest {
    private static final RenderSettings TINY =
            RenderSettings.builder().width(64).height(36).build();

    private static final RenderRequest SHOT =
            RenderRequest.of(Scene.nodeDefault(), "1-20").settings(TINY).batchSize(2);

    private final KafkaServer server;
    private final Path folder;
    private final KafkaFarm kafka;

    KafkaFarmTest(KafkaServer server, @TempDir Path folder) {
        this.server = server;
        this.folder = folder;
        kafka = new KafkaFarm(server, folder);
    }

    @Test
    @DisplayName("renders twenty frames on two workers, all of them accepted")
    void rendersTwentyFrames() throws Exception {
        try (kafka) {
            kafka.worker("left", Duration.ofMillis(50));
            kafka.worker("right", Duration.ofMillis(50));
            RenderExecutor farm = kafka.coordinator(4);

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
    @DisplayName("loses nothing when Kafka is stopped and started again")
    void brokerIsStopped() throws Exception {
        try (kafka) {
            kafka.worker("left", Duration.ofMillis(400));
            kafka.worker("right", Duration.ofMillis(400));
            RenderExecutor farm = kafka.coordinator(4);
            RenderHandle job = farm.submit(SHOT);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> job.snapshot().accepted().size() >= 3);

            server.stop();
            server.startServer();
            RenderResult result = job.completion().get(90, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(20);
            assertThat(job.snapshot().batches()).extracting(Batch::state).doesNotContain(Batch.State.FAILED);
        }
    }

    @Test
    @DisplayName("renders every batch once although each of its messages is in the queue twice")
    void doubled() throws Exception {
        try (kafka) {
            RenderExecutor farm = kafka.coordinator(10);
            RenderHandle job = farm.submit(SHOT);
            String topic = "renderfleet.queue." + kafka.pool();
            doubleAll(topic, 10);

            kafka.worker("left", Duration.ofMillis(20));
            kafka.worker("right", Duration.ofMillis(20));
            RenderResult result = job.completion().get(60, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(20);
            assertThat(kafka.rendered()).isEqualTo(20);
        }
    }

    /** Waits for messages in a topic, and puts each of them there once more. */
    private void doubleAll(String topic, int messages) throws Exception {
        KafkaSettings settings = new KafkaSettings(KafkaAddress.of(server.address()), Map.of(), "double");
        TopicPartition queue = KafkaTopics.only(topic);
        try (KafkaConsumer<byte[], byte[]> reader =
                        new KafkaConsumer<>(settings.ears(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> writer = new KafkaProducer<>(
                        settings.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            reader.assign(List.of(queue));
            reader.seekToBeginning(List.of(queue));
            List<byte[]> found = new ArrayList<>();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                reader.poll(Duration.ofMillis(100)).forEach(message -> found.add(message.value()));
                return found.size() == messages;
            });
            for (byte[] message : found) {
                writer.send(new ProducerRecord<>(topic, message)).get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Tag("long")
    @Test
    @DisplayName("renders a batch once that takes longer than Kafka locks its message, and than a client may stay away")
    void longBatch() throws Exception {
        try (KafkaFarm hasty = new KafkaFarm(server, folder, Map.of("max.poll.interval.ms", "2000"))) {
            lockFor(Duration.ofSeconds(1), "renderfleet.queue." + hasty.pool());
            hasty.worker("left", Duration.ofSeconds(4));
            hasty.worker("right", Duration.ofSeconds(4));
            RenderExecutor farm = hasty.coordinator(4);

            RenderResult result = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-2")
                            .settings(TINY)
                            .batchSize(2))
                    .completion()
                    .get(60, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(2);
            assertThat(hasty.rendered()).isEqualTo(2);
        }
    }

    /** A second is the least that the server allows. */
    private void lockFor(Duration time, String group) throws Exception {
        KafkaSettings settings = new KafkaSettings(KafkaAddress.of(server.address()), Map.of(), "op");
        ConfigEntry lock = new ConfigEntry("share.record.lock.duration.ms", "" + time.toMillis());
        try (Admin operator = Admin.create(settings.admin())) {
            operator.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, group),
                            List.of(new AlterConfigOp(lock, AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @Tag("long")
    @Test
    @DisplayName("gives what a worker had that is gone to another one, and keeps its finished frames")
    void workerGone() throws Exception {
        try (kafka) {
            QueueWorker lost = kafka.worker("lost", Duration.ofMillis(300));
            RenderExecutor farm = kafka.coordinator(2);
            RenderHandle job = farm.submit(SHOT);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> job.snapshot().accepted().size() >= 3);

            lost.close();
            kafka.worker("other", Duration.ofMillis(20));
            RenderResult result = job.completion().get(90, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(20);
            assertThat(job.snapshot().batches())
                    .extracting(Batch::node)
                    .extracting(String::valueOf)
                    .contains("lost", "other");
        }
    }
}
