package io.renderfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.store.s3.S3Content;
import io.renderfleet.store.s3.S3Location;
import io.renderfleet.testkit.ExternalTool;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.SeaweedServer;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A worker that reaches nothing but its broker and a bucket")
@Tag("brokers")
@Timeout(300)
class IsolatedWorkerTest {
    private static final long PLENTY = 1L << 30;
    private static final Map<String, String> CREDENTIALS =
            Map.of("AWS_ACCESS_KEY_ID", SeaweedServer.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SeaweedServer.SECRET_KEY);

    @TempDir
    Path folder;

    @BeforeEach
    void credentials() {
        System.setProperty("aws.accessKeyId", SeaweedServer.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SeaweedServer.SECRET_KEY);
    }

    @AfterEach
    void noCredentials() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Test
    @DisplayName("renders twenty frames with Blender, and all of them come home whole")
    void rendersWithBlender() throws Exception {
        Path blender = ExternalTool.BLENDER.require();
        try (NetworkNamespace network = NetworkNamespace.make();
                RabbitServer broker = RabbitServer.start(network.here(), Map.of("loopback_users", "[]"));
                SeaweedServer buckets = SeaweedServer.start(network.here());
                CachedContentStore content = content(buckets);
                OrchestratorServer orchestrator = orchestrator(broker, content);
                WorkerProcess worker = worker(network, broker, buckets, blender)) {
            assertIsolated(network, broker.address(), buckets.address(), orchestrator.uri());
            var unused = worker.await("takes batches from pool alone");

            RenderResult result = orchestrator
                    .farm()
                    .submit(RenderRequest.of(Scene.local(Path.of("../examples/scene/orbit.blend")), "1-20")
                            .settings(RenderSettings.builder()
                                    .width(64)
                                    .height(36)
                                    .format("PNG")
                                    .build())
                            .batchSize(5))
                    .completion()
                    .get(240, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(20).allSatisfy(file -> {
                BufferedImage picture = ImageIO.read(file.toFile());
                assertThat(picture.getWidth()).isEqualTo(64);
                assertThat(picture.getHeight()).isEqualTo(36);
            });
        }
    }

    private CachedContentStore content(SeaweedServer buckets) throws IOException {
        buckets.makeBucket("alone");
        S3Location where = S3Location.parse("s3://alone")
                .at(buckets.address())
                .in("us-east-1")
                .pathStyle(true);
        return CachedContentStore.open(
                S3Content.open(where, PLENTY, PLENTY, InstantSource.system()),
                folder.resolve("copies"),
                PLENTY,
                InstantSource.system());
    }

    private OrchestratorServer orchestrator(RabbitServer broker, CachedContentStore content) throws Exception {
        QueueTransport queue =
                QueueTransport.create(RabbitBroker.at(broker.address(), "guest", "guest", "test"), content);
        return OrchestratorServer.builder()
                .port(0)
                .outputRoot(folder.resolve("out"))
                .transport(queue)
                .pools(queue, List.of(new Target.Pool(URI.create("queue:alone"), 3)))
                .content(content)
                .start();
    }

    private WorkerProcess worker(NetworkNamespace network, RabbitServer broker, SeaweedServer buckets, Path blender)
            throws IOException {
        return WorkerProcess.start(
                network.inside(),
                folder,
                CREDENTIALS,
                "--queue=" + broker.address(),
                "--pool=alone",
                "--shared-store=s3://alone",
                "--shared-store-endpoint=" + buckets.address(),
                "--shared-store-region=us-east-1",
                "--shared-store-path-style",
                "--port=0",
                "--output-root=" + folder.resolve("worker"),
                "--blender=" + blender);
    }

    /** The orchestrator listens on this machine only, and the worker's network has its own such address. */
    private static void assertIsolated(NetworkNamespace network, URI broker, URI buckets, URI orchestrator)
            throws Exception {
        String here = network.here().getHostAddress();
        String direct = here + ":" + orchestrator.getPort();
        String loopback = "127.0.0.1:" + orchestrator.getPort();
        List<String> command = new ArrayList<>(network.inside());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Reach.class.getName(),
                broker.getAuthority(),
                buckets.getAuthority(),
                direct,
                loopback));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said.lines())
                .containsExactly(
                        broker.getAuthority() + " can be reached",
                        buckets.getAuthority() + " can be reached",
                        direct + " cannot be reached",
                        loopback + " cannot be reached");
        assertThat(network.routes()).hasLineCount(1).doesNotContain("default");
    }
}
