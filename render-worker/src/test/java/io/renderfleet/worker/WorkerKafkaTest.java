package io.renderfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.testkit.KafkaServers;
import io.renderfleet.transport.queue.BrokerAddress;
import io.renderfleet.transport.queue.QueueTransport;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The program render-worker with Kafka")
@ExtendWith(KafkaServers.class)
@Timeout(180)
class WorkerKafkaTest {
    private static final long PLENTY = 1L << 30;

    @TempDir
    Path folder;

    private static String refusal(Map<String, String> environment, String... args) {
        StringWriter told = new StringWriter();
        int code = WorkerMain.program(environment).errors(new PrintWriter(told)).run(args);
        assertThat(code).isEqualTo(2);
        return told.toString().strip();
    }

    @Test
    @DisplayName("takes what Kafka needs to sign in from a file only, and shows nothing of it")
    void settings() throws IOException {
        assertThat(refusal(
                        Map.of("RENDER_WORKER_QUEUE_PASSWORD", "s3cret"),
                        "--queue",
                        "kafka://one:9092",
                        "--queue-user",
                        "me",
                        "--shared-store",
                        "blobs"))
                .contains("from a file of settings only")
                .doesNotContain("s3cret");
        assertThat(refusal(Map.of(), "--queue", "kafka://me:s3cret@one:9092", "--shared-store", "blobs"))
                .contains("--queue has a user in it")
                .doesNotContain("s3cret");
        Path broken = Files.writeString(folder.resolve("kafka.properties"), "sasl.jaas.config=s3cret \\u12");
        assertThat(refusal(
                        Map.of(),
                        "--queue",
                        "kafka://one:9092",
                        "--queue-config",
                        broken.toString(),
                        "--shared-store",
                        "blobs"))
                .contains("--queue-config is '" + broken + "': it is no file of Java properties")
                .doesNotContain("s3cret");
        assertThat(refusal(
                        Map.of(),
                        "--queue",
                        "amqp://rabbit",
                        "--queue-config",
                        Files.writeString(broken, "a=b").toString(),
                        "--shared-store",
                        "blobs"))
                .contains("RabbitMQ takes no file of settings");
    }

    @Test
    @DisplayName("takes batches from there and renders them, with settings from a file")
    void renders(KafkaServer server) throws Exception {
        Path picture = folder.resolve("picture.png");
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        Path settings = Files.writeString(folder.resolve("kafka.properties"), "security.protocol=PLAINTEXT\n");
        String pool = "worker-" + UUID.randomUUID();
        try (WorkerProcess worker = WorkerProcess.start(
                        folder,
                        "--queue=" + server.address(),
                        "--queue-config=" + settings,
                        "--pool=" + pool,
                        "--shared-store=" + folder.resolve("blobs"),
                        "--port=0",
                        "--node-id=first",
                        "--output-root=" + folder.resolve("first"),
                        "--engine=command",
                        "--sandbox=off",
                        "--command",
                        "cp",
                        picture.toString(),
                        "{output}");
                RenderExecutor farm = RenderExecutor.builder()
                        .transport(QueueTransport.create(
                                BrokerAddress.of("--broker", server.address(), null, null, settings)
                                        .open("test"),
                                FolderContentStore.shared(
                                        folder.resolve("blobs"),
                                        PLENTY,
                                        PLENTY,
                                        InstantSource.system(),
                                        ContentLayout.asIs("content"))))
                        .target(new Target.Pool(URI.create("queue:" + pool), 3))
                        .outputRoot(folder.resolve("out"))
                        .build()) {
            String ready = worker.await("takes batches from pool " + pool);
            RenderResult result = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-4")
                            .settings(RenderSettings.builder().format("PNG").build()))
                    .completion()
                    .get(100, TimeUnit.SECONDS);

            assertThat(ready).contains(server.address().toString());
            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(4);
        }
    }
}
