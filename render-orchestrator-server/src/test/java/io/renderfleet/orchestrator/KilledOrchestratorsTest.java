package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every server is a process of its own, and the nodes' books tell how often each frame was rendered. */
@Tag("long")
@DisplayName("A thousand frames on five nodes")
@Timeout(900)
class KilledOrchestratorsTest {
    private static final Logger log = LoggerFactory.getLogger(KilledOrchestratorsTest.class);
    private static final boolean SOAK = Boolean.getBoolean("renderfleet.soak");
    private static final Duration TAKE_OVER = Duration.ofSeconds(10);
    private static final int FRAMES = 1_000;

    @TempDir
    static Path folder;

    private static ProcessFarm farm;

    private final long seed = Long.getLong("renderfleet.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Integer> ports = new ArrayList<>();
    private final List<ServerProcess> orchestrators = new ArrayList<>();

    KilledOrchestratorsTest() {
        log.warn("seed {} (again with -Drenderfleet.seed={})", seed, seed);
    }

    @BeforeAll
    static void startNodes() throws IOException {
        farm = new ProcessFarm(folder, 5);
    }

    @AfterAll
    static void endAll() {
        farm.close();
    }

    @AfterEach
    void endOrchestrators() {
        farm.endOrchestrators();
    }

    @Test
    @DisplayName("are all rendered once, though the orchestrator is killed and started again at random moments")
    void killedOrchestrator() throws Exception {
        int kills = SOAK ? 50 : 5;
        ServerProcess orchestrator = farm.orchestrator(folder.resolve("one"), "--port=0");
        String job = ProcessFarm.submit(orchestrator.uri(), FRAMES);
        for (int kill = 0; kill < kills; kill++) {
            int share = FRAMES * 9 / 10 / kills;
            int frames = kill * share + random.nextInt(share);
            if (random.nextInt(4) == 0) {
                // While it starts, or takes the job up again.
                orchestrator.runsFor(Duration.ofMillis(random.nextInt(3_000)));
            } else {
                awaitPublished(job, frames);
                orchestrator.runsFor(Duration.ofMillis(random.nextInt(50)));
            }
            orchestrator.killAndWait();
            orchestrator = farm.orchestrator(folder.resolve("one"), "--port=0");
        }
        int before = farm.published(job);
        log.warn("{} frames were there after {} kills", before, kills);

        JsonNode ended = ProcessFarm.awaitEnd(orchestrator.uri(), job);

        assertThat(before).as("seed %s", seed).isLessThan(FRAMES);
        // No result was lost on its way: the nodes lived, and batches that ran were picked up again.
        assertAllRendered(job, ended, Set.of());
    }

    @Test
    @DisplayName(
            "are all rendered though one of two orchestrators and nodes are killed, and PostgreSQL is started again")
    void killedOfTwo() throws Exception {
        int rounds = SOAK ? 30 : 3;
        try (Postgres postgres = new Postgres(folder.resolve("postgres"))) {
            startTwo(postgres, "two");
            int share = FRAMES * 9 / 10 / rounds;
            String job = ProcessFarm.submit(uri(leader()), FRAMES);
            Set<Integer> onTheirWay = new HashSet<>();
            for (int round = 0; round < rounds; round++) {
                awaitPublished(job, round * share + random.nextInt(share));
                switch (round % 3) {
                    case 0 -> killLeader(postgres);
                    case 1 -> onTheirWay.addAll(killNode(job));
                    default -> {
                        postgres.stop();
                        postgres.startAgain();
                    }
                }
                // So that what one of them took cannot be laid to the next.
                awaitPublished(job, Math.min(FRAMES, farm.published(job) + 50));
            }
            log.warn("{} frames were on their way in {} rounds", onTheirWay.size(), rounds);

            JsonNode ended = ProcessFarm.awaitEnd(uri(leader()), job);

            assertAllRendered(job, ended, onTheirWay);
            assertAcceptedOnceInOrder(postgres);
        }
    }

    @Test
    @DisplayName(
            "are all rendered once, though the leader of two orchestrators freezes, and thaws when the other one leads")
    void frozenLeader() throws Exception {
        try (Postgres postgres = new Postgres(folder.resolve("postgres"))) {
            startTwo(postgres, "frozen");
            int frozen = leader();
            ServerProcess itself = orchestrators.get(frozen);
            String job = ProcessFarm.submit(uri(frozen), FRAMES);
            awaitPublished(job, 20 + random.nextInt(300));
            String stale = postgres.value("select farm || '/' || epoch || '/999999' from renderfleet_farm");
            itself.freeze();
            long since = System.nanoTime();

            awaitLeads(1 - frozen);
            awaitPublished(job, farm.published(job) + 100);
            if (SOAK) {
                itself.runsFor(Duration.ofSeconds(30).minusNanos(System.nanoTime() - since));
            }
            itself.thaw();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> itself.hasSaid("another orchestrator has taken the lead"));
            assertAllRendered(job, ProcessFarm.awaitEnd(uri(1 - frozen), job), Set.of());
            assertAcceptedOnceInOrder(postgres);
            for (int node = 0; node < farm.size(); node++) {
                assertRefusedByNode(node, stale);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> itself.hasSaid("standing by on"));
        }
    }

    private static void assertRefusedByNode(int node, String attempt) {
        HttpResponse<String> refused = TestFarm.send(ProcessFarm.request(farm.address(node), "/job")
                .header("Content-Type", "application/json")
                .header("Attempt", attempt)
                .POST(HttpRequest.BodyPublishers.ofString("{\"from\": 1, \"to\": 1}")));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        assertThat(refused.body()).contains("stale-epoch");
    }

    private void startTwo(Postgres postgres, String name) throws Exception {
        for (int i = 0; i < 2; i++) {
            ports.add(freePort());
            orchestrators.add(startOrchestrator(i, postgres, name));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private ServerProcess startOrchestrator(int i, Postgres postgres, String name) throws Exception {
        List<String> flags = new ArrayList<>(postgres.flags(name));
        flags.add("--port=" + ports.get(i));
        return farm.orchestrator(folder.resolve(name), flags.toArray(String[]::new));
    }

    private URI uri(int orchestrator) {
        return URI.create("http://127.0.0.1:" + ports.get(orchestrator));
    }

    private boolean leads(int orchestrator) {
        try {
            return TestFarm.send(ProcessFarm.request(uri(orchestrator), "/health/ready")
                                    .timeout(Duration.ofSeconds(2)))
                            .statusCode()
                    == 200;
        } catch (UncheckedIOException away) {
            return false;
        }
    }

    /** Waits until one leads, and tells which. */
    private int leader() {
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> leads(0) ? 0 : leads(1) ? 1 : -1, i -> i >= 0);
    }

    private void awaitLeads(int orchestrator) {
        long since = System.nanoTime();
        try {
            await().atMost(TAKE_OVER).pollInterval(Duration.ofMillis(50)).until(() -> leads(orchestrator));
        } catch (ConditionTimeoutException late) {
            throw new AssertionError(
                    "with seed " + seed + " the other one has not led within " + TAKE_OVER + ":\n"
                            + String.join("\n", orchestrators.get(orchestrator).said()),
                    late);
        }
        log.warn("the other one led after {} ms", (System.nanoTime() - since) / 1_000_000);
    }

    private static void awaitPublished(String job, int frames) {
        await().atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> farm.published(job) >= frames);
    }

    private void killLeader(Postgres postgres) throws Exception {
        int dead = leader();
        orchestrators.get(dead).killAndWait();
        awaitLeads(1 - dead);
        orchestrators.set(dead, startOrchestrator(dead, postgres, "two"));
    }

    /** Gives the frames that the node had finished and nobody had fetched. */
    private Set<Integer> killNode(String job) throws IOException {
        int victim = random.nextInt(farm.size());
        Set<Integer> fetched = farm.publishedFrames(job);
        farm.killNode(victim);
        Set<Integer> lost = new TreeSet<>(farm.renderedBy(victim, job));
        lost.removeAll(fetched);
        farm.startNodeAgain(victim);
        return lost;
    }

    private void assertAllRendered(String job, JsonNode ended, Set<Integer> perhapsTwice) {
        assertThat(ended.get("state").asText()).as("seed %s: %s", seed, ended).isEqualTo("completed");
        assertThat(ended.get("accepted").asText()).as("seed %s", seed).isEqualTo("1-" + FRAMES);
        assertThat(farm.published(job)).isEqualTo(FRAMES);
        Map<Integer, Integer> renders = farm.renders(job);
        renders.entrySet().removeIf(render -> render.getValue() == 1 || perhapsTwice.contains(render.getKey()));
        assertThat(renders)
                .as(() -> "rendered again, with seed " + seed + ":\n" + farm.story(job))
                .isEmpty();
    }

    /** What the database says: nobody wrote after one with a newer epoch, and no frame was accepted twice. */
    private static void assertAcceptedOnceInOrder(Postgres postgres) throws Exception {
        assertThat(postgres.value("select count(*) from renderfleet_transition a join renderfleet_transition b"
                        + " on b.seq = a.seq + 1 where b.epoch < a.epoch"))
                .isEqualTo("0");
        assertThat(postgres.value("select sum(jsonb_array_length(one -> 'outputs')) from renderfleet_transition,"
                        + " jsonb_array_elements(case form when 2 then body::jsonb"
                        + " else jsonb_build_array(body::jsonb || jsonb_build_object('kind', kind)) end) one"
                        + " where one ->> 'kind' = 'frames-accepted'"))
                .isEqualTo(Integer.toString(FRAMES));
    }
}
