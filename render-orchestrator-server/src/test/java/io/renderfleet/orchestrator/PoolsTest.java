package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import io.renderfleet.transport.queue.worker.QueueWorker;
import io.renderfleet.transport.rabbitmq.RabbitBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An orchestrator with a pool of workers behind RabbitMQ")
@ExtendWith(RabbitServers.class)
@Timeout(240)
class PoolsTest {
    private static final long PLENTY = 1L << 30;

    private final RabbitServer server;
    private final Path folder;
    private final String pool = "pool-" + UUID.randomUUID();
    private final Deque<Runnable> closing = new ArrayDeque<>();

    PoolsTest(RabbitServer server, @TempDir Path folder) {
        this.server = server;
        this.folder = folder;
    }

    @AfterEach
    void close() {
        closing.forEach(Runnable::run);
    }

    private void worker(String name, Duration perFrame) throws IOException {
        RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine(perFrame))
                .nodeId(new NodeId(name))
                .outputRoot(folder.resolve(name))
                .build();
        closing.push(node::close);
        FolderContentStore blobs = FolderContentStore.shared(
                folder.resolve("blobs"), PLENTY, PLENTY, InstantSource.system(), ContentLayout.asIs("content"));
        closing.push(blobs::close);
        QueueWorker worker =
                QueueWorker.create(node, RabbitBroker.at(server.address(), "guest", "guest", name), blobs, pool);
        closing.push(worker::close);
        worker.start();
    }

    private ProcessFarm farm(int nodes) throws IOException {
        ProcessFarm farm = new ProcessFarm(folder, nodes);
        closing.push(farm::close);
        return farm;
    }

    private ServerProcess orchestrator(ProcessFarm farm) throws IOException {
        return farm.orchestrator(
                folder.resolve("out"),
                "--port=0",
                "--batch-size=2",
                "--pool=rabbitmq:" + pool,
                "--pool-capacity=4",
                "--broker=" + server.address(),
                "--shared-store=" + folder.resolve("blobs"));
    }

    private static Set<String> renderedBy(JsonNode job) {
        Set<String> nodes = new TreeSet<>();
        job.get("batches").forEach(batch -> nodes.add(batch.get("node").asText()));
        return nodes;
    }

    @Test
    @DisplayName("renders one job on a node that it calls and on workers that call nobody, and shows the pool")
    void mixedFarm() throws Exception {
        worker("left", Duration.ofMillis(100));
        worker("right", Duration.ofMillis(100));
        ProcessFarm farm = farm(1);
        ServerProcess orchestrator = orchestrator(farm);

        String job = ProcessFarm.submit(orchestrator.uri(), 200);
        JsonNode ended = ProcessFarm.awaitEnd(orchestrator.uri(), job);
        JsonNode nodes = TestFarm.json(TestFarm.send(ProcessFarm.request(orchestrator.uri(), "/nodes")))
                .get("nodes");

        assertThat(ended.get("state").asText()).isEqualTo("completed");
        assertThat(farm.published(job)).isEqualTo(200);
        assertThat(renderedBy(ended)).contains("left", "right", "n-0");
        assertThat(nodes).hasSize(2).anySatisfy(node -> {
            assertThat(node.get("url").asText()).isEqualTo("rabbitmq:" + pool);
            assertThat(node.get("state").asText()).isEqualTo("up");
            assertThat(node.get("slots").asInt()).isEqualTo(4);
        });
    }

    @Test
    @DisplayName("shows what waits, for how long, and who works there, to people and to Prometheus")
    void standing() throws Exception {
        ProcessFarm farm = farm(0);
        ServerProcess orchestrator = orchestrator(farm);
        String job = ProcessFarm.submit(orchestrator.uri(), 8);
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            JsonNode waiting = pool(orchestrator);
            assertThat(waiting.get("waiting").asInt()).isEqualTo(4);
            assertThat(waiting.get("oldestWaitingSeconds").asDouble()).isPositive();
        });
        JsonNode alone = pool(orchestrator);
        double oldest = measured(orchestrator, "renderfleet_pool_waiting_oldest_seconds");

        assertThat(alone.get("name").asText()).isEqualTo(pool);
        assertThat(alone.get("url").asText()).isEqualTo("rabbitmq:" + pool);
        assertThat(alone.get("state").asText()).isEqualTo("up");
        assertThat(alone.get("held").asInt()).isEqualTo(4);
        assertThat(alone.get("capacity").asInt()).isEqualTo(4);
        assertThat(alone.get("slots").asInt()).isZero();
        assertThat(alone.get("workers")).isEmpty();
        assertThat(measured(orchestrator, "renderfleet_pool_waiting")).isEqualTo(4);
        assertThat(oldest).isBetween(alone.get("oldestWaitingSeconds").asDouble(), 120.0);
        assertThat(measured(orchestrator, "renderfleet_pool_workers")).isZero();

        worker("left", Duration.ofMillis(300));
        worker("right", Duration.ofMillis(300));
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            JsonNode working = pool(orchestrator);
            assertThat(working.get("slots").asInt()).isEqualTo(2);
            assertThat(working.get("workers").findValuesAsText("id")).containsExactlyInAnyOrder("left", "right");
            assertThat(measured(orchestrator, "renderfleet_pool_slots")).isEqualTo(2);
        });
        JsonNode left = pool(orchestrator).get("workers").get(0);
        assertThat(left.get("state").asText()).isEqualTo("up");
        assertThat(left.at("/engines/0/name").asText()).isEqualTo("test-pattern");
        assertThat(Instant.parse(left.get("lastSeenAt").asText()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));

        assertThat(ProcessFarm.awaitEnd(orchestrator.uri(), job).get("state").asText())
                .isEqualTo("completed");
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(measured(orchestrator, "renderfleet_pool_waiting")).isZero();
            assertThat(measured(orchestrator, "renderfleet_pool_waiting_oldest_seconds"))
                    .isZero();
            assertThat(measured(orchestrator, "renderfleet_pool_slots_busy")).isZero();
        });
    }

    private static JsonNode pool(ServerProcess orchestrator) {
        JsonNode pools = TestFarm.json(TestFarm.send(ProcessFarm.request(orchestrator.uri(), "/pools")))
                .get("pools");
        assertThat(pools).hasSize(1);
        return pools.get(0);
    }

    private double measured(ServerProcess orchestrator, String name) {
        String line = name + "{pool=\"" + pool + "\"} ";
        return TestFarm.send(ProcessFarm.request(orchestrator.uri(), "/metrics"))
                .body()
                .lines()
                .filter(text -> text.startsWith(line))
                .mapToDouble(text -> Double.parseDouble(text.substring(line.length())))
                .findFirst()
                .orElse(Double.NaN);
    }

    @Tag("long")
    @Test
    @DisplayName("goes on with what its workers have after it was killed, and renders no frame twice")
    void killedOrchestrator() throws Exception {
        worker("left", Duration.ofMillis(300));
        worker("right", Duration.ofMillis(300));
        ProcessFarm farm = farm(0);
        ServerProcess first = orchestrator(farm);
        String job = ProcessFarm.submit(first.uri(), 40);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> farm.published(job) >= 4);

        first.killAndWait();
        ServerProcess second = orchestrator(farm);
        JsonNode ended = ProcessFarm.awaitEnd(second.uri(), job);

        assertThat(ended.get("state").asText()).isEqualTo("completed");
        assertThat(farm.published(job)).isEqualTo(40);
        assertThat(ended.get("batches"))
                .hasSize(20)
                .allSatisfy(batch -> assertThat(batch.get("state").asText()).isEqualTo("completed"));
    }
}
