package io.renderfleet.transport.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what is said on topics. One thread of its own polls Kafka and calls listeners; the methods can be called from any.
 *
 * <p>It belongs to no group and keeps no place: whoever begins to listen hears what is said from then on.
 */
final class KafkaEars {
    private static final Logger log = LoggerFactory.getLogger(KafkaEars.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final Map<String, Object> settings;
    private final Consumer<String> onTrouble;
    private final Map<String, Consumer<byte[]>> listeners = new ConcurrentHashMap<>();
    private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /** What hears now; null before it hears something, and after Kafka has refused it. Other threads only wake it up. */
    private volatile @Nullable KafkaConsumer<byte[], byte[]> ear;

    /**
     * What to listen to from now on.
     *
     * @param topics all topics
     * @param done completes once nothing is missed any more
     */
    private record Change(Set<String> topics, CompletableFuture<Void> done) {}

    /**
     * Opens ears that hear nothing yet.
     *
     * @param onTrouble hears, on this thread, that Kafka does not let itself be listened to, and why
     */
    KafkaEars(Map<String, Object> settings, Consumer<String> onTrouble) {
        this.settings = settings;
        this.onTrouble = onTrouble;
        this.thread = new Thread(this::run, "renderfleet-kafka-ears");
        thread.setDaemon(true);
        thread.start();
    }

    void put(String topic, Consumer<byte[]> to) {
        listeners.put(topic, to);
    }

    /** Listens to these topics of Kafka, and to what is said from now on. */
    CompletableFuture<Void> hear(Set<String> topics) {
        Change change = new Change(Set.copyOf(topics), new CompletableFuture<>());
        changes.add(change);
        wakeUp();
        return change.done();
    }

    private void wakeUp() {
        KafkaConsumer<byte[], byte[]> now = ear;
        if (now != null) {
            now.wakeup();
        }
    }

    private void run() {
        while (!closed) {
            try {
                KafkaConsumer<byte[], byte[]> now = ear;
                change(now == null || now.assignment().isEmpty());
                now = ear;
                if (now != null && !now.assignment().isEmpty()) {
                    now.poll(POLL).forEach(this::heard);
                }
            } catch (WakeupException e) {
                log.trace("woken up");
            } catch (KafkaException e) {
                log.debug("Kafka is not heard any more", e);
                drop(Duration.ZERO);
                onTrouble.accept(KafkaCallException.words(e));
            } catch (InterruptedException e) {
                break;
            }
        }
        drop(CLOSING);
        changes.forEach(change -> change.done().cancel(false));
    }

    /** Does what was asked for last; waits for something to be asked for where nothing is heard. */
    private void change(boolean waits) throws InterruptedException {
        List<Change> all = new ArrayList<>();
        if (waits) {
            all.add(changes.take());
        }
        changes.drainTo(all);
        if (all.isEmpty() || closed) {
            return;
        }
        try {
            assign(all.get(all.size() - 1).topics());
            all.forEach(change -> change.done().complete(null));
        } catch (WakeupException e) {
            changes.addAll(all);
            throw e;
        } catch (KafkaException e) {
            all.forEach(change -> change.done().completeExceptionally(e));
            throw e;
        }
    }

    private void assign(Set<String> topics) {
        KafkaConsumer<byte[], byte[]> now = ear;
        if (now == null) {
            now = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            ear = now;
        }
        List<TopicPartition> partitions = topics.stream().map(KafkaTopics::only).toList();
        now.assign(partitions);
        now.seekToEnd(partitions);
        // Without this it would only be planned, and what is said before the next poll would be missed.
        partitions.forEach(now::position);
    }

    private void heard(ConsumerRecord<byte[], byte[]> message) {
        if (message.key() == null || message.value() == null) {
            return;
        }
        String topic = new String(message.key(), StandardCharsets.UTF_8);
        Consumer<byte[]> listener = listeners.get(topic);
        if (listener != null) {
            try {
                listener.accept(message.value());
            } catch (RuntimeException e) {
                log.error("a message on {} was not understood", topic, e);
            }
        }
    }

    private void drop(Duration within) {
        KafkaConsumer<byte[], byte[]> now = ear;
        ear = null;
        if (now != null) {
            try {
                now.close(CloseOptions.timeout(within));
            } catch (KafkaException e) {
                log.trace("closed", e);
            }
        }
    }

    void close() {
        closed = true;
        CompletableFuture<Void> unused = hear(Set.of());
    }

    void join(Duration atMost) throws InterruptedException {
        thread.join(atMost.toMillis());
    }
}
