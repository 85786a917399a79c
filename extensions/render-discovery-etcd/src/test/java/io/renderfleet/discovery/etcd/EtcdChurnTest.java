package io.renderfleet.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.PutOption;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.EtcdServer;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@DisplayName("Two hundred nodes that come and go while etcd is killed and started again")
class EtcdChurnTest {
    private static final int NODES = 200;
    private static final int OUTAGES = 3;
    private static final int CHANGES = 12;
    private static final long SEED = 20_261_201;
    private static final Map<String, String> WANTED = Map.of("pool", "gpu");

    private final Queue<Set<Target>> snapshots = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Long> leases = new HashMap<>();
    private final Set<Integer> listed = new HashSet<>();
    private Set<Target> last = Set.of();
    private int next;
    private EtcdServer server;
    private Client client;

    EtcdChurnTest() {}

    @BeforeEach
    void begin() {
        server = EtcdServer.start();
        client = Client.builder().endpoints(server.address()).build();
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    private EtcdAccess access() {
        return EtcdAccess.to(server.address());
    }

    private static Target target(int node) {
        return new Target.Machine(URI.create("http://node-" + node + ":3000"));
    }

    private static Set<Target> targets(Set<Integer> nodes) {
        return nodes.stream().map(EtcdChurnTest::target).collect(Collectors.toUnmodifiableSet());
    }

    private static <T> T answer(CompletableFuture<T> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    private void write(int node, Map<String, String> labels) throws Exception {
        String entry = new AnnouncedNode(target(node).address(), labels).json();
        PutOption onLease =
                PutOption.builder().withLeaseId(leases.getOrDefault(node, 0L)).build();
        var unused = answer(client.getKVClient().put(access().key("n-" + node), EtcdAccess.bytes(entry), onLease));
    }

    private void join() throws Exception {
        int node = next++;
        leases.put(node, answer(client.getLeaseClient().grant(300)).getID());
        write(node, WANTED);
        listed.add(node);
    }

    /** As when its lease ends, which is what becomes of a node that dies. */
    private void fail(int node) throws Exception {
        var unused = answer(client.getLeaseClient().revoke(leases.getOrDefault(node, 0L)));
        listed.remove(node);
    }

    private void relabel(int node) throws Exception {
        write(node, Map.of("pool", "cpu"));
        listed.remove(node);
    }

    /** Waits for the nodes that there are, and finds no snapshot on the way that lacks one that stayed, or has one that had left before. */
    private void awaitAll(Set<Integer> stayed, Set<Integer> leftBefore) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            for (Set<Target> snapshot = snapshots.poll(); snapshot != null; snapshot = snapshots.poll()) {
                last = snapshot;
                assertThat(snapshot).containsAll(targets(stayed)).doesNotContainAnyElementsOf(targets(leftBefore));
            }
            return last.equals(targets(listed));
        });
    }

    @Test
    @DisplayName("are dropped by no outage, and used by nobody after they have left")
    void churns() throws Exception {
        Random random = new Random(SEED);
        for (int node = 0; node < NODES; node++) {
            join();
        }
        Set<Integer> left = new HashSet<>();
        left.add(-1);
        try (EtcdDiscovery discovery =
                EtcdDiscovery.of(access()).every(Duration.ofMillis(200)).withLabels(WANTED)) {
            discovery.start(snapshots::add);
            awaitAll(Set.of(0), left);

            for (int outage = 0; outage < OUTAGES; outage++) {
                Set<Integer> before = Set.copyOf(listed);
                Set<Integer> leftBefore = Set.copyOf(left);
                change(random, left);
                awaitAll(stayed(before), leftBefore);

                server.kill();
                await().during(Duration.ofSeconds(1))
                        .atMost(Duration.ofSeconds(10))
                        .until(snapshots::isEmpty);
                server.startServer();
                Set<Integer> onReturn = Set.copyOf(listed);
                Set<Integer> leftByThen = Set.copyOf(left);
                change(random, left);
                awaitAll(stayed(onReturn), leftByThen);
            }
        }
        assertThat(left).hasSize(1 + OUTAGES * 2 * 2 * CHANGES);
        assertThat(last).hasSize(NODES - OUTAGES * 2 * CHANGES);
    }

    private Set<Integer> stayed(Set<Integer> before) {
        return before.stream().filter(listed::contains).collect(Collectors.toUnmodifiableSet());
    }

    private void change(Random random, Set<Integer> left) throws Exception {
        for (int joined = 0; joined < CHANGES; joined++) {
            join();
            for (boolean failing : new boolean[] {true, false}) {
                int node = listed.stream()
                        .sorted()
                        .skip(random.nextInt(listed.size()))
                        .findFirst()
                        .orElseThrow();
                if (failing) {
                    fail(node);
                } else {
                    relabel(node);
                }
                left.add(node);
            }
        }
    }
}
