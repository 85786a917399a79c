package io.renderfleet.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.EtcdServer;
import io.renderfleet.testkit.NodeDiscoveryContract;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Nodes that are announced in etcd")
class EtcdDiscoveryTest extends NodeDiscoveryContract {
    private static EtcdServer server;
    private static Client client;

    private final AtomicReference<Set<Target>> seen = new AtomicReference<>(Set.of());

    EtcdDiscoveryTest() {}

    @BeforeAll
    static void begin() throws Exception {
        server = EtcdServer.start();
        client = Client.builder().endpoints(server.address()).build();
    }

    @AfterAll
    static void end() {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void forget() throws Exception {
        server.startServer();
        deleteAll();
    }

    private static EtcdAccess access() {
        return EtcdAccess.to(server.address());
    }

    @Override
    protected EtcdDiscovery discovery() {
        return EtcdDiscovery.of(access()).every(Duration.ofMillis(100));
    }

    @Override
    protected URI node(int number) {
        return URI.create("http://node-" + number + ":3000");
    }

    @Override
    protected void name(Set<URI> nodes) throws Exception {
        server.startServer();
        for (URI node : nodes) {
            put(node.getHost(), new AnnouncedNode(node, Map.of()).json());
        }
        GetOption all = GetOption.builder().isPrefix(true).build();
        for (KeyValue entry :
                answer(client.getKVClient().get(access().key(""), all)).getKvs()) {
            URI address = AnnouncedNode.read(entry.getValue().getBytes()).address();
            if (!nodes.contains(address)) {
                answer(client.getKVClient().delete(entry.getKey(), DeleteOption.DEFAULT));
            }
        }
    }

    @Override
    protected void fail() {
        server.kill();
    }

    @Override
    protected Duration quiet() {
        return Duration.ofSeconds(1);
    }

    private void watch(NodeDiscovery discovery) {
        discovery.start(seen::set);
    }

    private void awaitSeen(int... numbers) {
        Set<Target> expected = Arrays.stream(numbers)
                .mapToObj(number -> new Target.Machine(node(number)))
                .collect(Collectors.toUnmodifiableSet());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(seen.get()).isEqualTo(expected));
    }

    @Test
    @DisplayName("are all found but for an entry that cannot be read")
    void leavesOutWrongEntries() throws Exception {
        put("bad-1", "no json");
        put("bad-2", "{\"address\":\"ftp://node-8\"}");
        put("bad-3", "{\"address\":\"http://node-8\",\"filler\":\"" + "x".repeat(AnnouncedNode.LARGEST) + "\"}");
        put("good", "{\"address\":\"http://node-1:3000\",\"since\":\"a later version\"}");

        try (EtcdDiscovery discovery = discovery()) {
            watch(discovery);

            awaitSeen(1);
            put("bad-1", new AnnouncedNode(node(2), Map.of()).json());
            awaitSeen(1, 2);
        }
    }

    @Test
    @DisplayName("can be chosen by labels, and come and go as these change")
    void choosesByLabels() throws Exception {
        put("n-1", new AnnouncedNode(node(1), Map.of("pool", "gpu", "room", "attic")).json());
        put("n-2", new AnnouncedNode(node(2), Map.of("pool", "cpu")).json());
        try (EtcdDiscovery discovery = discovery().withLabels(Map.of("pool", "gpu"))) {
            watch(discovery);
            awaitSeen(1);

            put("n-2", new AnnouncedNode(node(2), Map.of("pool", "gpu")).json());
            awaitSeen(1, 2);
            put("n-1", new AnnouncedNode(node(1), Map.of()).json());
            awaitSeen(2);
        }
    }

    @Test
    @DisplayName("are read again where the revision that is watched has been compacted")
    void outlivesCompaction() throws Exception {
        put("n-1", new AnnouncedNode(node(1), Map.of()).json());
        try (EtcdDiscovery discovery = discovery()) {
            watch(discovery);
            awaitSeen(1);

            fail();
            server.startServer();
            put("n-2", new AnnouncedNode(node(2), Map.of()).json());
            long now = put("n-2", new AnnouncedNode(node(3), Map.of()).json());
            answer(client.getKVClient().compact(now, CompactOption.DEFAULT));

            awaitSeen(1, 3);
        }
    }

    private static long put(String id, String value) throws Exception {
        return answer(client.getKVClient().put(access().key(id), EtcdAccess.bytes(value)))
                .getHeader()
                .getRevision();
    }

    private static void deleteAll() throws Exception {
        ByteSequence prefix = access().key("");
        answer(client.getKVClient()
                .delete(prefix, DeleteOption.builder().isPrefix(true).build()));
    }

    private static <T> T answer(CompletableFuture<T> call) throws Exception {
        return call.get(20, TimeUnit.SECONDS);
    }
}
