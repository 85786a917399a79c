package io.renderfleet.transport.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.testkit.KafkaServers;
import io.renderfleet.transport.queue.Broker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Kafka as a broker")
@ExtendWith(KafkaServers.class)
@Timeout(120)
class KafkaBrokerTest {
    private final KafkaServer server;
    private final String queue = "q-" + UUID.randomUUID();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    KafkaBrokerTest(KafkaServer server) {
        this.server = server;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    private KafkaBroker connect(String name) throws InterruptedException {
        KafkaBroker broker = KafkaBroker.at(server.address(), Map.of(), name);
        closing.push(broker);
        CountDownLatch there = new CountDownLatch(1);
        broker.start(new Broker.Listener() {
            @Override
            public void connected() {
                there.countDown();
            }

            @Override
            public void away(String cause) {}
        });
        assertThat(there.await(30, TimeUnit.SECONDS)).isTrue();
        return broker;
    }

    private Broker.PutResult put(Broker broker, String message) throws Exception {
        return broker.put(queue, bytes(message)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Broker.@Nullable Delivery delivery) {
        return delivery == null ? "nothing" : new String(delivery.message(), StandardCharsets.UTF_8);
    }

    private BlockingQueue<Broker.Delivery> take(Broker broker) {
        BlockingQueue<Broker.Delivery> taken = new LinkedBlockingQueue<>();
        closing.push(broker.take(queue, taken::add));
        return taken;
    }

    private static Broker.Delivery await(BlockingQueue<Broker.Delivery> taken) throws InterruptedException {
        Broker.Delivery delivery = taken.poll(40, TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    private void awaitWaiting(Broker broker, long count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> broker.waiting(queue).toCompletableFuture().get(30, TimeUnit.SECONDS),
                        OptionalLong.of(count)::equals);
    }

    @Test
    @DisplayName("keeps what was put before anybody took from the queue, and hands it out in order, each message once")
    void inOrder() throws Exception {
        Broker sender = connect("sender");
        for (int i = 1; i <= 4; i++) {
            assertThat(put(sender, "m" + i)).isInstanceOf(Broker.PutResult.Stored.class);
        }
        awaitWaiting(sender, 4);

        Broker worker = connect("worker");
        List<String> seen = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Broker.Delivery delivery = await(take(worker));
            seen.add(text(delivery));
            delivery.acknowledge();
        }

        assertThat(seen).containsExactly("m1", "m2", "m3", "m4");
        awaitWaiting(sender, 0);
    }

    @Test
    @DisplayName("gives a message to a worker that is free, not to one that has taken one and asks for no other")
    void toWhoIsFree() throws Exception {
        Broker busy = connect("busy");
        Broker free = connect("free");
        BlockingQueue<Broker.Delivery> first = take(busy);
        put(busy, "one");
        await(first).acknowledge();

        BlockingQueue<Broker.Delivery> second = take(free);
        put(busy, "two");
        assertThat(text(await(second))).isEqualTo("two");
    }

    @Tag("long")
    @Test
    @DisplayName("holds a message for longer than Kafka locks it, and gives it to another worker once it is given back")
    void renews() throws Exception {
        Broker slow = connect("slow");
        BlockingQueue<Broker.Delivery> slowly = take(slow);
        put(slow, "held");
        Broker.Delivery held = await(slowly);
        BlockingQueue<Broker.Delivery> elsewhere = take(connect("other"));

        assertThat(elsewhere.poll(KafkaServer.LOCK_SECONDS + 3, TimeUnit.SECONDS))
                .isNull();
        held.giveBack();

        assertThat(text(await(elsewhere))).isEqualTo("held");
    }

    @Tag("long")
    @Test
    @DisplayName("hands a message out again that somebody has taken and died with")
    void redelivers() throws Exception {
        Broker sender = connect("sender");
        put(sender, "orphan");
        ShareConsumer<byte[], byte[]> dead = new KafkaShareConsumer<>(
                new KafkaSettings(KafkaAddress.of(server.address()), Map.of(), "dead").taker(queue),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        closing.push(dead);
        dead.subscribe(List.of("renderfleet.queue." + queue));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> dead.poll(Duration.ofMillis(200)).count() == 1);

        BlockingQueue<Broker.Delivery> heir = take(sender);

        assertThat(text(await(heir))).isEqualTo("orphan");
    }

    @Test
    @DisplayName("puts a message apart that is of no use to anybody")
    void rejects() throws Exception {
        Broker worker = connect("worker");
        BlockingQueue<Broker.Delivery> taken = take(worker);
        put(worker, "garbage");

        await(taken).reject();

        awaitWaiting(worker, 0);
        assertThat(all("renderfleet.dead." + queue)).containsExactly("garbage");
    }

    private List<String> all(String topic) {
        try (KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                new KafkaSettings(KafkaAddress.of(server.address()), Map.of(), "reader").ears(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            reader.assign(List.of(KafkaTopics.only(topic)));
            reader.seekToBeginning(reader.assignment());
            List<String> found = new ArrayList<>();
            reader.poll(Duration.ofSeconds(20))
                    .forEach(message -> found.add(new String(message.value(), StandardCharsets.UTF_8)));
            return found;
        }
    }

    @Test
    @DisplayName("says to those who listen what is told, each to its own")
    void tells() throws Exception {
        Broker speaker = connect("speaker");
        Broker ear = connect("ear");
        BlockingQueue<String> mine = new LinkedBlockingQueue<>();
        BlockingQueue<String> all = new LinkedBlockingQueue<>();
        ear.listen(queue + "/worker/me", message -> mine.add(new String(message, StandardCharsets.UTF_8)));
        ear.listen(queue + "/workers", message -> all.add(new String(message, StandardCharsets.UTF_8)));
        // What is asked of one broker happens in order: now it listens.
        ear.waiting(queue).toCompletableFuture().get(30, TimeUnit.SECONDS);

        speaker.tell(queue + "/worker/you", bytes("not for me"));
        speaker.tell(queue + "/worker/me", bytes("for me"));
        speaker.tell(queue + "/workers", bytes("for all"));

        assertThat(mine.poll(30, TimeUnit.SECONDS)).isEqualTo("for me");
        assertThat(all.poll(30, TimeUnit.SECONDS)).isEqualTo("for all");
        assertThat(mine).isEmpty();
    }

    @Test
    @DisplayName("refuses a queue whose topic has several partitions, and messages that are too long, with the reason")
    void refuses() throws Exception {
        Map<String, Object> settings = new KafkaSettings(KafkaAddress.of(server.address()), Map.of(), "op").admin();
        try (Admin operator = Admin.create(settings)) {
            operator.createTopics(
                            List.of(new NewTopic("renderfleet.queue." + queue, Optional.of(2), Optional.of((short) 1))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        Broker sender = connect("sender");

        assertThat(put(sender, "m")).isInstanceOfSatisfying(Broker.PutResult.NotStored.class, not -> {
            assertThat(not.cause()).contains("has 2 partitions: it must have one");
            assertThat(not.maybe()).isFalse();
        });
        assertThat(put(sender, "x".repeat(Broker.MAX_MESSAGE_BYTES + 1)))
                .isEqualTo(new Broker.PutResult.NotStored("the message has 262145 bytes, and may have 262144", false));
    }

    @Test
    @DisplayName("says why it is away, without what is secret in its settings")
    void noSecrets() throws Exception {
        BlockingQueue<String> causes = new LinkedBlockingQueue<>();
        KafkaBroker broker = KafkaBroker.at(
                server.address(),
                Map.of(
                        "security.protocol",
                        "SASL_PLAINTEXT",
                        "sasl.mechanism",
                        "PLAIN",
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=me password=s3cret"),
                "me");
        closing.push(broker);
        broker.start(new Broker.Listener() {
            @Override
            public void connected() {}

            @Override
            public void away(String cause) {
                causes.add(cause);
            }
        });

        assertThat(causes.poll(30, TimeUnit.SECONDS)).isNotNull().doesNotContain("s3cret");
    }
}
