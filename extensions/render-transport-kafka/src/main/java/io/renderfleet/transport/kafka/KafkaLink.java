package io.renderfleet.transport.kafka;

import io.renderfleet.transport.queue.Broker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of Kafka behind a broker. They connect by themselves and do not say how that stands, so this asks Kafka every three seconds. Every
 * method is called on one thread.
 */
final class KafkaLink {
    private static final Logger log = LoggerFactory.getLogger(KafkaLink.class);
    private static final long LOOK_SECONDS = 3;
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final Duration CLOSING = Duration.ofSeconds(3);

    private final KafkaSettings settings;
    private final KafkaAddress address;
    private final ScheduledExecutorService thread;
    private final Map<String, Consumer<byte[]>> listeners = new LinkedHashMap<>();
    private final Set<String> talk = new LinkedHashSet<>();
    private final Map<String, KafkaTaker> takers = new LinkedHashMap<>();
    private Broker.@Nullable Listener owner;
    /** Takers look at it from their own threads. */
    private volatile @Nullable Clients clients;

    private boolean there;
    private boolean closed;
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    /** The clients; they live as long as the broker object, also while Kafka is away. */
    private record Clients(Admin admin, KafkaTopics topics, KafkaProducer<byte[], byte[]> producer, KafkaEars ears) {}

    KafkaLink(KafkaSettings settings, ScheduledExecutorService thread) {
        this.settings = settings;
        this.address = settings.address();
        this.thread = thread;
    }

    // The connection.

    void open(Broker.Listener listener) {
        owner = listener;
        look();
    }

    private void look() {
        if (closed) {
            return;
        }
        try {
            Clients all = clients();
            if (there) {
                all.topics().ping(talk);
            } else {
                connect(all);
            }
            pauseMillis = FIRST_PAUSE_MILLIS;
            lookAgain(TimeUnit.SECONDS.toMillis(LOOK_SECONDS));
        } catch (KafkaCallException | KafkaException e) {
            away(KafkaCallException.words(e));
            lookAgain(pauseMillis);
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    private void lookAgain(long millis) {
        try {
            var unused = thread.schedule(this::look, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    private Clients clients() {
        Clients all = clients;
        if (all == null) {
            Admin admin = Admin.create(settings.admin());
            try {
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer());
                KafkaEars ears = new KafkaEars(settings.ears(), this::notHeard);
                listeners.forEach(ears::put);
                all = new Clients(admin, new KafkaTopics(admin, address), producer, ears);
                clients = all;
            } catch (KafkaException e) {
                admin.close(Duration.ZERO);
                throw e;
            }
        }
        return all;
    }

    private void notHeard(String cause) {
        try {
            thread.execute(() -> away(cause));
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    private void connect(Clients all) throws KafkaCallException {
        all.topics().ping();
        hear(all);
        there = true;
        log.info("connected to Kafka at {}", String.join(",", address.servers()));
        if (owner != null) {
            owner.connected();
        }
    }

    private void hear(Clients all) throws KafkaCallException {
        for (String topic : talk) {
            all.topics().needTalk(topic);
        }
        await(all.ears().hear(talk));
    }

    private static void await(CompletableFuture<Void> done) throws KafkaCallException {
        try {
            done.get(KafkaSettings.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new KafkaCallException(KafkaCallException.words(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new KafkaCallException("it does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaCallException("interrupted", e);
        }
    }

    private void away(String cause) {
        if (there || pauseMillis == FIRST_PAUSE_MILLIS) {
            log.warn("Kafka at {} is away: {}", String.join(",", address.servers()), cause);
        }
        there = false;
        takers.values().forEach(KafkaTaker::lost);
        Clients all = clients;
        if (all != null) {
            all.topics().forget();
        }
        if (owner != null) {
            owner.away(cause);
        }
    }

    void close() {
        closed = true;
        takers.values().forEach(KafkaTaker::close);
        Clients all = clients;
        if (all == null) {
            return;
        }
        all.ears().close();
        all.producer().close(CLOSING);
        try {
            all.ears().join(CLOSING);
            for (KafkaTaker taker : takers.values()) {
                taker.join(CLOSING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.admin().close(CLOSING);
    }

    // Queues.

    void put(String queue, byte[] message, CompletableFuture<Broker.PutResult> result) {
        Clients all = clients;
        if (all == null || !there) {
            result.complete(new Broker.PutResult.NotStored("the broker is away", false));
            return;
        }
        try {
            all.topics().needQueue(queue);
        } catch (KafkaCallException e) {
            result.complete(
                    new Broker.PutResult.NotStored("the queue " + queue + " cannot be made: " + e.getMessage(), false));
            return;
        }
        send(all, address.queue(queue), null, message, result);
    }

    private static void send(
            Clients all,
            String topic,
            byte @Nullable [] key,
            byte[] message,
            CompletableFuture<Broker.PutResult> result) {
        try {
            var unused = all.producer()
                    .send(
                            new ProducerRecord<>(topic, key, message),
                            (stored, failure) -> result.complete(
                                    failure == null ? new Broker.PutResult.Stored() : notStored(failure)));
        } catch (KafkaException | IllegalStateException e) {
            result.complete(notStored(e));
        }
    }

    private static Broker.PutResult notStored(Exception failure) {
        boolean never = failure instanceof RecordTooLargeException
                || failure instanceof AuthorizationException
                || failure instanceof InvalidTopicException
                || failure instanceof IllegalStateException;
        return new Broker.PutResult.NotStored(KafkaCallException.words(failure), !never);
    }

    Broker.Taking take(String queue, Consumer<Broker.Delivery> to) {
        return takers.computeIfAbsent(queue, this::taker).take(to);
    }

    private KafkaTaker taker(String queue) {
        return new KafkaTaker(
                address.queue(queue),
                () -> prepare(queue),
                () -> new KafkaShareConsumer<>(
                        settings.taker(queue), new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                new KafkaTaker.Copies() {
                    @Override
                    public boolean again(byte[] message) {
                        return copy(address.queue(queue), message);
                    }

                    @Override
                    public boolean apart(byte[] message) {
                        return copy(address.dead(queue), message);
                    }
                });
    }

    // These two are called on a taker's thread.

    private void prepare(String queue) throws KafkaCallException {
        Clients all = clients;
        if (all == null) {
            throw new KafkaCallException("it is not connected yet");
        }
        all.topics().needQueue(queue);
    }

    private boolean copy(String topic, byte[] message) {
        Clients all = clients;
        if (all == null) {
            return false;
        }
        CompletableFuture<Broker.PutResult> result = new CompletableFuture<>();
        send(all, topic, null, message, result);
        return result.completeOnTimeout(
                                new Broker.PutResult.NotStored("it takes too long", true),
                                2L * KafkaSettings.TIMEOUT_MILLIS,
                                TimeUnit.MILLISECONDS)
                        .join()
                instanceof Broker.PutResult.Stored;
    }

    OptionalLong waiting(String queue) {
        Clients all = clients;
        return all == null || !there ? OptionalLong.empty() : all.topics().waiting(queue);
    }

    // Topics.

    void tell(String topic, byte[] message) {
        Clients all = clients;
        if (all == null || !there) {
            return;
        }
        String to = address.talk(topic);
        try {
            all.topics().needTalk(to);
        } catch (KafkaCallException e) {
            log.warn("nothing can be said on {}: {}", to, e.getMessage());
            return;
        }
        CompletableFuture<Broker.PutResult> result = new CompletableFuture<>();
        send(all, to, topic.getBytes(StandardCharsets.UTF_8), message, result);
        var unused = result.thenAccept(said -> log.trace("{}: {}", to, said));
    }

    void listen(String topic, Consumer<byte[]> to) {
        listeners.put(topic, to);
        boolean isNew = talk.add(address.talk(topic));
        Clients all = clients;
        if (all == null) {
            return;
        }
        all.ears().put(topic, to);
        if (there && isNew) {
            try {
                hear(all);
            } catch (KafkaCallException e) {
                away(KafkaCallException.words(e));
            }
        }
    }
}
