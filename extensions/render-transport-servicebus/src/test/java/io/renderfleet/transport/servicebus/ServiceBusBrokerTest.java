package io.renderfleet.transport.servicebus;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
import io.renderfleet.transport.queue.Broker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Service Bus as a broker")
@Timeout(60)
class ServiceBusBrokerTest {
    private static final Duration LOCK = Duration.ofSeconds(2);
    private static final String QUEUE = "renderfleet.queue.gpu";

    private final ServiceBusServer server = ServiceBusServer.start();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
        server.close();
    }

    /** A broker that listens, and so knows whether Service Bus is there. */
    private Broker connect(String name) throws InterruptedException {
        BlockingQueue<String> news = new LinkedBlockingQueue<>();
        Broker broker = start(name, server.connectionString(), news);
        assertThat(news.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");
        return broker;
    }

    private Broker start(String name, String connectionString, BlockingQueue<String> news) {
        ServiceBusBroker broker = ServiceBusBroker.make(
                ServiceBusAddress.of(server.address()),
                name,
                builder -> builder.connectionString(connectionString),
                ServiceBusFarm.QUICK);
        closing.push(broker);
        broker.listen("gpu/worker/" + name, message -> {});
        broker.start(new Broker.Listener() {
            @Override
            public void connected() {
                news.add("connected");
            }

            @Override
            public void away(String cause) {
                news.add(cause);
            }
        });
        return broker;
    }

    private static Broker.PutResult put(Broker broker, String message) throws Exception {
        return broker.put("gpu", bytes(message)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Broker.@Nullable Delivery delivery) {
        return delivery == null ? "nothing" : new String(delivery.message(), StandardCharsets.UTF_8);
    }

    private static BlockingQueue<Broker.Delivery> take(Broker broker) {
        BlockingQueue<Broker.Delivery> taken = new LinkedBlockingQueue<>();
        Broker.Taking unused = broker.take("gpu", taken::add);
        return taken;
    }

    private static Broker.Delivery await(BlockingQueue<Broker.Delivery> taken) throws InterruptedException {
        Broker.Delivery delivery = taken.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    private static void awaitWaiting(Broker broker, long count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> broker.waiting("gpu").toCompletableFuture().get(20, TimeUnit.SECONDS),
                        OptionalLong.of(count)::equals);
    }

    @Test
    @DisplayName("keeps what was put before anybody took from the queue, and hands it out in order, each message once")
    void inOrder() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL);
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
        assertThat(server.deadLetters(QUEUE)).isEmpty();
    }

    @Test
    @DisplayName("counts more messages than one page has")
    void countsPages() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL);
        Broker sender = connect("sender");
        for (int i = 1; i <= 250; i++) {
            var unused = sender.put("gpu", bytes("m" + i));
        }

        awaitWaiting(sender, 250);
    }

    @Test
    @DisplayName("gives a message to a worker that is free, not to one that has taken one and asks for no other")
    void toWhoIsFree() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL);
        Broker busy = connect("busy");
        Broker free = connect("free");
        BlockingQueue<Broker.Delivery> first = take(busy);
        put(busy, "one");
        await(first).acknowledge();

        BlockingQueue<Broker.Delivery> second = take(free);
        put(busy, "two");

        assertThat(text(await(second))).isEqualTo("two");
    }

    @Test
    @DisplayName(
            "holds a message for longer than its lock lasts, and lets another worker have it once it is given back")
    void renews() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL.lock(LOCK));
        Broker slow = connect("slow");
        BlockingQueue<Broker.Delivery> slowly = take(slow);
        put(slow, "held");
        Broker.Delivery held = await(slowly);
        BlockingQueue<Broker.Delivery> elsewhere = take(connect("other"));

        assertThat(elsewhere.poll(2 * LOCK.toMillis(), TimeUnit.MILLISECONDS)).isNull();
        held.giveBack();

        assertThat(text(await(elsewhere))).isEqualTo("held");
    }

    @Test
    @DisplayName("lets others have a message that somebody has taken and died with, once its lock has run out")
    void redelivers() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL.lock(LOCK));
        Broker worker = connect("worker");
        put(worker, "orphan");
        ServiceBusReceiverAsyncClient dead = new ServiceBusClientBuilder()
                .connectionString(server.connectionString())
                .receiver()
                .queueName(QUEUE)
                .maxAutoLockRenewDuration(Duration.ZERO)
                .disableAutoComplete()
                .buildAsyncClient();
        closing.push(dead);
        assertThat(dead.receiveMessages().blockFirst(Duration.ofSeconds(20))).isNotNull();

        assertThat(text(await(take(worker)))).isEqualTo("orphan");
    }

    @Test
    @DisplayName("puts a message apart that is of no use to anybody, and one that came to nothing too often")
    void deadLetters() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL.maxDeliveries(2));
        Broker worker = connect("worker");
        put(worker, "garbage");
        await(take(worker)).reject();
        put(worker, "unlucky");
        await(take(worker)).giveBack();
        await(take(worker)).giveBack();

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(server.deadLetters(QUEUE)).containsExactly("garbage", "unlucky"));
        assertThat(server.texts(QUEUE)).isEmpty();
    }

    @Test
    @DisplayName("keeps one of two messages that are the same where the queue detects duplicates")
    void duplicates() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL.detectingDuplicates());
        Broker sender = connect("sender");
        put(sender, "same");
        put(sender, "other");
        put(sender, "same");

        assertThat(server.texts(QUEUE)).containsExactly("same", "other");
    }

    @Test
    @DisplayName("lets a message go again that comes after the wish was called off")
    void calledOff() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL);
        Broker leaving = connect("leaving");
        BlockingQueue<Broker.Delivery> none = new LinkedBlockingQueue<>();
        leaving.take("gpu", none::add).close();
        BlockingQueue<Broker.Delivery> taken = take(connect("staying"));

        put(leaving, "one");

        assertThat(text(await(taken))).isEqualTo("one");
        assertThat(none).isEmpty();
    }

    @Test
    @DisplayName("says to those who listen what is told, each to its own, and nothing that was told before")
    void tells() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL);
        Broker speaker = connect("speaker");
        speaker.tell("gpu/workers", bytes("too early"));
        Awaitility.await().until(() -> server.texts("renderfleet.workers.gpu").size() == 1);
        Broker ear = connect("ear");
        BlockingQueue<String> mine = new LinkedBlockingQueue<>();
        BlockingQueue<String> all = new LinkedBlockingQueue<>();
        BlockingQueue<String> farm = new LinkedBlockingQueue<>();
        ear.listen("gpu/worker/me", message -> mine.add(new String(message, StandardCharsets.UTF_8)));
        ear.listen("gpu/workers", message -> all.add(new String(message, StandardCharsets.UTF_8)));
        speaker.listen("gpu/farm/f", message -> farm.add(new String(message, StandardCharsets.UTF_8)));
        // What is asked of one broker happens in order: now they listen.
        ear.waiting("gpu").toCompletableFuture().get(30, TimeUnit.SECONDS);

        speaker.tell("gpu/worker/you", bytes("not for me"));
        speaker.tell("gpu/worker/me", bytes("for me"));
        speaker.tell("gpu/workers", bytes("for all"));

        assertThat(mine.poll(20, TimeUnit.SECONDS)).isEqualTo("for me");
        assertThat(all.poll(20, TimeUnit.SECONDS)).isEqualTo("for all");
        ear.tell("gpu/farm/f", bytes("heard"));
        assertThat(farm.poll(20, TimeUnit.SECONDS)).isEqualTo("heard");
        assertThat(mine).isEmpty();
        assertThat(all).isEmpty();
    }

    @Test
    @DisplayName("comes back by itself after Service Bus was away, with its wishes, and lets go what it had taken")
    void comesBack() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL.lock(Duration.ofMinutes(5)));
        BlockingQueue<String> news = new LinkedBlockingQueue<>();
        Broker worker = start("worker", server.connectionString(), news);
        assertThat(news.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");
        put(worker, "one");
        Broker.Delivery lost = await(take(worker));
        BlockingQueue<Broker.Delivery> again = take(worker);

        server.stop();
        assertThat(news.poll(30, TimeUnit.SECONDS)).isNotNull().isNotEqualTo("connected");
        assertThat(put(worker, "two")).isEqualTo(new Broker.PutResult.NotStored("the broker is away", false));
        server.startServer();

        assertThat(text(await(again))).isEqualTo("one");
        lost.acknowledge();
        assertThat(server.texts(QUEUE)).containsExactly("one");
    }

    @Test
    @DisplayName("says which queue an operator has to make, and is there once it is made")
    void noQueue() throws Exception {
        BlockingQueue<String> news = new LinkedBlockingQueue<>();
        start("worker", server.connectionString(), news);

        assertThat(news.poll(30, TimeUnit.SECONDS))
                .isEqualTo("there is no queue renderfleet.workers.gpu: an operator makes it");
        server.createPool("gpu", QueueSettings.USUAL);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> news.contains("connected"));
    }

    @Test
    @DisplayName("says that a key is wrong, and shows nothing of it")
    void wrongKey() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL);
        BlockingQueue<String> news = new LinkedBlockingQueue<>();
        start("worker", server.connectionString("b3RoZXI="), news);

        assertThat(news.poll(30, TimeUnit.SECONDS))
                .contains("access to the queue renderfleet.workers.gpu is refused")
                .doesNotContain("b3RoZXI=");
    }

    @Test
    @DisplayName("refuses a message that is too long for the queue, with the reason")
    void tooLong() throws Exception {
        server.createPool("gpu", QueueSettings.USUAL);
        Broker sender = connect("sender");

        assertThat(put(sender, "x".repeat(Broker.MAX_MESSAGE_BYTES)))
                .isEqualTo(new Broker.PutResult.NotStored(
                        "the message is longer than the queue renderfleet.queue.gpu takes", false));
        assertThat(put(sender, "x".repeat(Broker.MAX_MESSAGE_BYTES + 1)))
                .isEqualTo(new Broker.PutResult.NotStored("the message has 262145 bytes, and may have 262144", false));
        assertThat(put(sender, "short")).isInstanceOf(Broker.PutResult.Stored.class);
    }
}
