package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.transport.queue.worker.QueueWorker;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The command render pools")
@ExtendWith(RabbitServers.class)
@Timeout(120)
class PoolsCommandTest {
    private static final long PLENTY = 1L << 30;

    private static RabbitBroker broker(RabbitServer server, String name) {
        return RabbitBroker.at(server.address(), "guest", "guest", name);
    }

    @Test
    @DisplayName("lists pools with what waits, and their workers, for people and for programs")
    void lists(RabbitServer server, @TempDir Path folder) throws Exception {
        ContentStore content = FolderContentStore.shared(
                folder.resolve("content"), PLENTY, PLENTY, InstantSource.system(), ContentLayout.asIs("content"));
        QueueTransport queue = QueueTransport.create(broker(server, "orchestrator"), content);
        try (OrchestratorServer farm = OrchestratorServer.builder()
                        .port(0)
                        .outputRoot(folder.resolve("out"))
                        .transport(queue)
                        .pools(queue, List.of(new Target.Pool(URI.create("rabbitmq:of-the-cli"), 3)))
                        .content(content)
                        .start();
                RenderNode node = RenderNode.builder()
                        .engine(new TestPatternEngine())
                        .nodeId(new NodeId("w-1"))
                        .slots(2)
                        .outputRoot(folder.resolve("node"))
                        .build();
                QueueWorker worker = QueueWorker.create(node, broker(server, "w-1"), content, "of-the-cli")) {
            worker.start();
            String url = farm.uri().toString();
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                Ran ran = Ran.render("pools", "--orchestrator", url);
                assertThat(ran.code()).isZero();
                assertThat(ran.lines()).hasSize(5);
                assertThat(ran.lines().get(1)).matches("of-the-cli +up +0 +0\\.0 +0 +3 +0 +2 +rabbitmq:of-the-cli");
                assertThat(ran.lines().get(4)).matches("of-the-cli +w-1 +up +0 +2 +\\S+ +\\S+");
            });
            JsonNode pools = new ObjectMapper()
                    .readTree(
                            Ran.render("pools", "--json", "--orchestrator", url).onlyLine());
            assertThat(pools.at("/pools/0/workers/0/id").asText()).isEqualTo("w-1");
        }
    }
}
