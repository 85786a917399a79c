package io.renderfleet.transport.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.transport.queue.Broker;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Artemis as a broker")
@Tag("brokers")
@Timeout(180)
class JmsBrokerTest {
    private static ArtemisServer server;

    private final String queue = "q-" + UUID.randomUUID();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    @BeforeAll
    static void start(@TempDir Path journal) throws Exception {
        server = new ArtemisServer(journal);
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    private Broker connect(String name) throws InterruptedException {
        Broker broker = JmsBroker.at(server.address(), null, null, name);
        closing.push(broker);
        broker.start(new Broker.Listener() {
            @Override
            public void connected() {
                heard.add("connected");
            }

            @Override
            public void away(String cause) {
                heard.add("away: " + cause);
            }
        });
        assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");
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

    private static void awaitWaiting(Broker broker, String queue, long count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> broker.waiting(queue).toCompletableFuture().get(30, TimeUnit.SECONDS),
                        OptionalLong.of(count)::equals);
    }

    @Test
    @DisplayName(
            "keeps what was put before anybody took from the queue, counts it, and hands it out in order, each message once")
    void inOrder() throws Exception {
        Broker sender = connect("sender");
        for (int i = 1; i <= 4; i++) {
            assertThat(put(sender, "m" + i)).isInstanceOf(Broker.PutResult.Stored.class);
        }
        awaitWaiting(sender, queue, 4);

        Broker worker = connect("worker");
        List<String> seen = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Broker.Delivery delivery = await(take(worker));
            awaitWaiting(sender, queue, 4 - i);
            seen.add(text(delivery));
            delivery.acknowledge();
        }

        assertThat(seen).containsExactly("m1", "m2", "m3", "m4");
        awaitWaiting(sender, queue, 0);
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

    @Test
    @DisplayName("gives a message to another worker once it is given back, as often as that happens")
    void givesBack() throws Exception {
        Broker sender = connect("sender");
        put(sender, "hot potato");

        for (int i = 0; i < 20; i++) {
            Broker.Delivery delivery = await(take(sender));
            assertThat(text(delivery)).isEqualTo("hot potato");
            delivery.giveBack();
        }

        awaitWaiting(sender, queue, 1);
    }

    @Test
    @DisplayName("hands a message out again that somebody has taken and died with")
    void redelivers() throws Exception {
        Broker sender = connect("sender");
        Broker dead = connect("dead");
        put(sender, "orphan");
        await(take(dead));

        dead.close();

        assertThat(text(await(take(sender)))).isEqualTo("orphan");
    }

    @Test
    @DisplayName("hands nothing to a wish that was called off, and leaves the message to others")
    void callsOff() throws Exception {
        Broker worker = connect("worker");
        BlockingQueue<Broker.Delivery> taken = new LinkedBlockingQueue<>();
        worker.take(queue, taken::add).close();
        // What is asked of one broker happens in order.
        awaitWaiting(worker, queue, 0);

        put(worker, "message");

        assertThat(text(await(take(worker)))).isEqualTo("message");
        assertThat(taken).isEmpty();
    }

    @Test
    @DisplayName("puts a message apart that is of no use to anybody")
    void rejects() throws Exception {
        Broker worker = connect("worker");
        BlockingQueue<Broker.Delivery> taken = take(worker);
        put(worker, "garbage");

        await(taken).reject();

        awaitWaiting(worker, queue, 0);
        assertThat(dead()).isEqualTo("garbage");
    }

    private String dead() throws JMSException {
        String address = "amqp://127.0.0.1:" + server.address().getPort();
        try (Connection connection = new JmsConnectionFactory(address).createConnection()) {
            connection.start();
            Session session = connection.createSession();
            Message found = session.createConsumer(session.createQueue("renderfleet.dead." + queue))
                    .receive(10_000);
            return new String(found.getBody(byte[].class), StandardCharsets.UTF_8);
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
    @DisplayName("refuses messages that are too long, with the reason")
    void refuses() throws Exception {
        assertThat(put(connect("sender"), "x".repeat(Broker.MAX_MESSAGE_BYTES + 1)))
                .isEqualTo(new Broker.PutResult.NotStored("the message has 262145 bytes, and may have 262144", false));
    }

    @Test
    @DisplayName("is away and comes back with what it has kept, and those who wait and listen go on")
    void restarts(@TempDir Path journal) throws Exception {
        try (ArtemisServer own = new ArtemisServer(journal)) {
            Broker broker = JmsBroker.at(own.address(), null, null, "restarted");
            closing.push(broker);
            broker.start(new Broker.Listener() {
                @Override
                public void connected() {
                    heard.add("connected");
                }

                @Override
                public void away(String cause) {
                    heard.add("away");
                }
            });
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");
            put(broker, "kept");
            BlockingQueue<String> ear = new LinkedBlockingQueue<>();
            broker.listen(queue + "/workers", message -> ear.add(new String(message, StandardCharsets.UTF_8)));
            Broker.Delivery before = await(take(broker));

            own.stop();
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("away");
            assertThat(put(broker, "lost")).isInstanceOf(Broker.PutResult.NotStored.class);
            before.acknowledge();
            BlockingQueue<Broker.Delivery> again = take(broker);
            own.startAgain();

            assertThat(text(await(again))).isEqualTo("kept");
            broker.tell(queue + "/workers", bytes("hello"));
            assertThat(ear.poll(30, TimeUnit.SECONDS)).isEqualTo("hello");
            broker.close();
        }
    }

    @Test
    @DisplayName("carries a farm through a restart: twenty frames on two workers, none of them failed")
    void farm(@TempDir Path folder) throws Exception {
        try (ArtemisServer own = new ArtemisServer(folder.resolve("journal"));
                JmsFarm jms = new JmsFarm(own, folder)) {
            jms.worker("left", Duration.ofMillis(300));
            jms.worker("right", Duration.ofMillis(300));
            RenderExecutor farm = jms.coordinator(4);
            RenderHandle job = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-20")
                    .settings(RenderSettings.builder().width(64).height(36).build())
                    .batchSize(2));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> job.snapshot().accepted().size() >= 3);

            own.stop();
            own.startAgain();
            RenderResult result = job.completion().get(90, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(20);
            assertThat(job.snapshot().batches()).extracting(Batch::state).doesNotContain(Batch.State.FAILED);
        }
    }
}
