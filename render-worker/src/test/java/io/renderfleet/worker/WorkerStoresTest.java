package io.renderfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.auth.Role;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.Target;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.store.s3.S3Content;
import io.renderfleet.store.s3.S3Location;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import io.renderfleet.testkit.SeaweedServer;
import io.renderfleet.testkit.SeaweedServers;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The program render-worker, without a folder in common with its coordinator,")
@ExtendWith({RabbitServers.class, SeaweedServers.class})
@Timeout(180)
class WorkerStoresTest {
    private static final long PLENTY = 1L << 30;
    private static final String TOKEN = "token-of-a-worker";

    private final RabbitServer server;
    private final Path folder;
    private final String pool = "worker-" + UUID.randomUUID();

    WorkerStoresTest(RabbitServer server, @TempDir Path folder) {
        this.server = server;
        this.folder = folder;
    }

    private QueueTransport transport(ContentStore content) {
        return QueueTransport.create(
                RabbitBroker.at(server.address(), "guest", "guest", "test"), content, Duration.ofSeconds(10));
    }

    private Target.Pool target() {
        return new Target.Pool(URI.create("queue:" + pool), 3);
    }

    /** A program that shows the scene that it was given, which is a picture. */
    private RenderRequest shot() throws IOException {
        Path scene = folder.resolve("scene.png");
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", scene.toFile());
        return RenderRequest.of(Scene.local(scene), "1-6")
                .settings(RenderSettings.builder().format("PNG").build())
                .batchSize(2);
    }

    private WorkerProcess worker(Map<String, String> environment, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of(
                "--queue",
                server.address().toString(),
                "--pool",
                pool,
                "--port",
                "0",
                "--output-root",
                folder.resolve("worker").toString(),
                "--engine",
                "command",
                "--sandbox",
                "off"));
        args.addAll(List.of(more));
        args.addAll(List.of("--command", "cp", "{scene}", "{output}"));
        return WorkerProcess.start(folder, environment, args.toArray(String[]::new));
    }

    private static void complete(RenderExecutor farm, RenderRequest shot) throws Exception {
        RenderResult result = farm.submit(shot).completion().get(100, TimeUnit.SECONDS);
        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(result.files()).hasSize(6);
    }

    @Tag("long")
    @Test
    @DisplayName("has scenes from a bucket and leaves frames there, with credentials of the environment")
    void bucket(SeaweedServer buckets) throws Exception {
        buckets.makeBucket("workers");
        S3Location where = S3Location.parse("s3://workers/" + pool)
                .at(buckets.address())
                .in("us-east-1")
                .pathStyle(true);
        Map<String, String> credentials = Map.of(
                "AWS_ACCESS_KEY_ID", SeaweedServer.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SeaweedServer.SECRET_KEY);
        System.setProperty("aws.accessKeyId", SeaweedServer.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SeaweedServer.SECRET_KEY);
        try (WorkerProcess worker = worker(
                        credentials,
                        "--shared-store=s3://workers/" + pool,
                        "--shared-store-endpoint=" + buckets.address(),
                        "--shared-store-region=us-east-1",
                        "--shared-store-path-style");
                CachedContentStore content = CachedContentStore.open(
                        S3Content.open(where, PLENTY, PLENTY, InstantSource.system()),
                        folder.resolve("copies"),
                        PLENTY,
                        InstantSource.system());
                RenderExecutor farm = RenderExecutor.builder()
                        .transport(transport(content))
                        .target(target())
                        .outputRoot(folder.resolve("out"))
                        .build()) {
            assertThat(worker.await("takes batches from pool")).contains("s3://workers/" + pool);

            complete(farm, shot());
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @Test
    @DisplayName("has scenes from its orchestrator and leaves frames there, with a token of its own")
    void orchestrator() throws Exception {
        ContentStore content = FolderContentStore.shared(
                folder.resolve("content"), PLENTY, PLENTY, InstantSource.system(), ContentLayout.asIs("content"));
        QueueTransport queue = transport(content);
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        try (OrchestratorServer orchestrator = OrchestratorServer.builder()
                        .port(0)
                        .renderer("command")
                        .outputRoot(folder.resolve("out"))
                        .transport(queue)
                        .pools(queue, List.of(target()))
                        .content(content)
                        .token(TOKEN, Role.NODE, "w-1")
                        .start();
                WorkerProcess worker = worker(
                        Map.of(),
                        "--shared-store=" + orchestrator.uri(),
                        "--shared-store-token-file=" + token,
                        "--node-id=w-1")) {
            String unused = worker.await("takes batches from pool");

            complete(orchestrator.farm(), shot());
        }
    }
}
