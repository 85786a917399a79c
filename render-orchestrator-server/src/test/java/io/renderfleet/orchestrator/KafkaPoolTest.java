package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.testkit.KafkaServers;
import io.renderfleet.transport.queue.BrokerAddress;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
@DisplayName("An orchestrator with a pool of workers behind Kafka")
@ExtendWith(KafkaServers.class)
@Timeout(240)
class KafkaPoolTest {
    private static final long PLENTY = 1L << 30;

    @Test
    @DisplayName("renders a job there, and shows the pool as it was named")
    void renders(KafkaServer server, @TempDir Path folder) throws Exception {
        try (ProcessFarm farm = new ProcessFarm(folder, 0);
                FolderContentStore blobs = FolderContentStore.shared(
                        folder.resolve("blobs"),
                        PLENTY,
                        PLENTY,
                        InstantSource.system(),
                        ContentLayout.asIs("content"));
                RenderNode node = RenderNode.builder()
                        .engine(new TestPatternEngine(Duration.ofMillis(20)))
                        .nodeId(new NodeId("left"))
                        .outputRoot(folder.resolve("left"))
                        .build();
                QueueWorker worker = QueueWorker.create(
                        node,
                        BrokerAddress.of("--queue", server.address(), null, null, null)
                                .open("left"),
                        blobs,
                        "gpu")) {
            worker.start();
            ServerProcess orchestrator = farm.orchestrator(
                    folder.resolve("out"),
                    "--port=0",
                    "--batch-size=5",
                    "--pool=kafka:gpu",
                    "--pool-capacity=4",
                    "--broker=" + server.address(),
                    "--shared-store=" + folder.resolve("blobs"));

            String job = ProcessFarm.submit(orchestrator.uri(), 20);
            JsonNode ended = ProcessFarm.awaitEnd(orchestrator.uri(), job);
            JsonNode nodes = TestFarm.json(TestFarm.send(ProcessFarm.request(orchestrator.uri(), "/nodes")))
                    .get("nodes");

            assertThat(ended.get("state").asText()).isEqualTo("completed");
            assertThat(farm.published(job)).isEqualTo(20);
            assertThat(nodes)
                    .singleElement()
                    .satisfies(pool -> assertThat(pool.get("url").asText()).isEqualTo("kafka:gpu"));
        }
    }
}
