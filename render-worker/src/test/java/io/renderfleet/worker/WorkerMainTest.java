package io.renderfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The program render-worker")
@Timeout(180)
class WorkerMainTest {
    private static final long PLENTY = 1L << 30;

    private static String refusal(Map<String, String> environment, String... args) {
        StringWriter told = new StringWriter();
        int code = WorkerMain.program(environment).errors(new PrintWriter(told)).run(args);
        assertThat(code).isEqualTo(2);
        return told.toString().strip();
    }

    @Test
    @DisplayName("refuses a password on the command line, and says where it belongs")
    void noPasswordOnTheCommandLine() {
        assertThat(refusal(Map.of(), "--queue", "amqp://me:secret@rabbit", "--shared-store", "blobs"))
                .contains("--queue has a user in it")
                .contains("--queue-user")
                .doesNotContain("secret");
    }

    @Test
    @DisplayName("refuses a broker that it cannot speak to, and flags of nodes that are called")
    void refuses() {
        assertThat(refusal(Map.of(), "--queue", "http://rabbit", "--shared-store", "blobs"))
                .isEqualTo("render-worker: --queue is 'http://rabbit': it must be like"
                        + " amqp1://artemis:5672 or kafka://one:9092,two:9092/renderfleet or amqp://rabbit:5672/farm or"
                        + " servicebus://NAMESPACE.servicebus.windows.net");
        assertThat(refusal(
                        Map.of(),
                        "--queue",
                        "amqp://rabbit",
                        "--shared-store",
                        "blobs",
                        "--orchestrator",
                        "http://localhost:4000"))
                .contains("--orchestrator");
    }

    @Test
    @DisplayName("needs a queue and a store, which can be in the environment as all flags can")
    void environment() {
        assertThat(refusal(Map.of())).isEqualTo("render-worker: --queue and --shared-store are needed");
        assertThat(refusal(Map.of("RENDER_WORKER_QUEUE", "http://rabbit", "RENDER_WORKER_SHARED_STORE", "blobs")))
                .contains("--queue is 'http://rabbit'");
    }

    @Test
    @DisplayName("refuses stores of which the address is none, and flags of other kinds of stores")
    void refusesStores() {
        assertThat(refusal(Map.of(), "--queue", "amqp://rabbit", "--shared-store", "s3://Renders"))
                .isEqualTo(
                        "render-worker: --shared-store: 's3://Renders' must be like s3://bucket or s3://bucket/prefix");
        assertThat(refusal(Map.of(), "--queue", "amqp://rabbit", "--shared-store", "http://me:secret@farm"))
                .contains("must be like https://farm.example:4000");
        assertThat(refusal(
                        Map.of(),
                        "--queue",
                        "amqp://rabbit",
                        "--shared-store",
                        "blobs",
                        "--shared-store-region",
                        "eu-1"))
                .contains("-region and -path-style are for a bucket: --shared-store is blobs");
        assertThat(refusal(
                        Map.of("RENDER_WORKER_SHARED_STORE_TOKEN", "a-token-of-some-length"),
                        "--queue",
                        "amqp://rabbit",
                        "--shared-store",
                        "http://farm.example:4000"))
                .contains("--shared-store is http://farm.example:4000")
                .contains("--insecure-http")
                .doesNotContain("a-token-of-some-length");
        assertThat(refusal(
                        Map.of(),
                        "--queue",
                        "amqp://rabbit",
                        "--shared-store",
                        "blobs",
                        "--shared-store-cache-gib",
                        "0"))
                .contains("--shared-store-cache-gib is 0: it must be from 1 to");
        assertThat(refusal(Map.of(), "--queue", "amqp://rabbit", "--queue-user", "me", "--shared-store", "blobs"))
                .contains("--queue-user is me", "--queue-password-file");
    }

    /** Processes that render for a coordinator of the test. */
    @DisplayName("with a broker")
    @Nested
    @ExtendWith(RabbitServers.class)
    class WithBroker {
        private final RabbitServer server;
        private final Path folder;
        private final String pool = "worker-" + UUID.randomUUID();

        WithBroker(RabbitServer server, @TempDir Path folder) {
            this.server = server;
            this.folder = folder;
        }

        private WorkerProcess worker(String name, Path command) throws IOException {
            return WorkerProcess.start(
                    folder,
                    "--queue",
                    server.address().toString(),
                    "--pool",
                    pool,
                    "--shared-store",
                    folder.resolve("blobs").toString(),
                    "--port",
                    "0",
                    "--node-id",
                    name,
                    "--output-root",
                    folder.resolve(name).toString(),
                    "--engine",
                    "command",
                    "--sandbox",
                    "off",
                    "--command",
                    command.toString(),
                    "{output}");
        }

        /** A renderer of half a second a frame. */
        private Path renderer() throws IOException {
            Path picture = folder.resolve("picture.png");
            ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
            Path script = folder.resolve("renderer");
            Files.writeString(script, "#!/bin/sh\nsleep 0.5\ncp '" + picture + "' \"$1\"\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
            return script;
        }

        private RenderExecutor coordinator() throws IOException {
            return RenderExecutor.builder()
                    .transport(QueueTransport.create(
                            RabbitBroker.at(server.address(), "guest", "guest", "test"),
                            FolderContentStore.shared(
                                    folder.resolve("blobs"),
                                    PLENTY,
                                    PLENTY,
                                    InstantSource.system(),
                                    ContentLayout.asIs("content")),
                            Duration.ofSeconds(10)))
                    .target(new Target.Pool(URI.create("queue:" + pool), 3))
                    .outputRoot(folder.resolve("out"))
                    .build();
        }

        private RenderRequest shot() {
            return RenderRequest.of(Scene.nodeDefault(), "1-16")
                    .settings(RenderSettings.builder().format("PNG").build())
                    .batchSize(4);
        }

        @Test
        @DisplayName(
                "renders what comes through the queue; one that is killed loses nothing but the frame that it had begun")
        void killed() throws Exception {
            Path renderer = renderer();
            try (WorkerProcess first = worker("first", renderer);
                    RenderExecutor farm = coordinator()) {
                String unused = first.await("takes batches from pool " + pool);
                RenderHandle job = farm.submit(shot());
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> job.snapshot().accepted().size() >= 2);

                first.kill();
                try (WorkerProcess second = worker("second", renderer)) {
                    String ready = second.await("takes batches from pool");
                    RenderResult result = job.completion().get(100, TimeUnit.SECONDS);

                    assertThat(ready).contains(server.address().toString());
                    assertThat(result.state()).isEqualTo(JobState.COMPLETED);
                    assertThat(result.files()).hasSize(16);
                    second.terminate();
                    assertThat(second.awaitEnd()).isEqualTo(143);
                }
            }
        }

        @Test
        @DisplayName("finishes what it has at SIGTERM, and leaves the rest to others")
        void drains() throws Exception {
            Path renderer = renderer();
            try (WorkerProcess first = worker("first", renderer);
                    RenderExecutor farm = coordinator()) {
                String unused = first.await("takes batches from pool");
                RenderHandle job = farm.submit(shot());
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> job.snapshot().accepted().size() >= 1);

                first.terminate();
                int code = first.awaitEnd();
                int done = job.snapshot().accepted().size();
                try (WorkerProcess second = worker("second", renderer)) {
                    RenderResult result = job.completion().get(100, TimeUnit.SECONDS);

                    assertThat(code).isEqualTo(143);
                    assertThat(done).isEqualTo(4);
                    assertThat(result.state()).isEqualTo(JobState.COMPLETED);
                    second.kill();
                }
            }
        }
    }
}
