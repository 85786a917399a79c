package io.renderfleet.transport.kafka;

import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerThread;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A broker that is Kafka 4.2 or later, with share groups.
 *
 * <p>A queue is a topic {@code PREFIX.queue.NAME} of one partition, from which workers take as the share group of the same name. Messages that
 * no worker can read go to {@code PREFIX.dead.NAME}. What is told goes through topics {@code PREFIX.talk.…}, of which everybody reads the end.
 * Topics and the group's settings are made where they are missing, if Kafka lets us; else an operator makes them. In the names of queues
 * {@code /} becomes {@code _}.
 *
 * <p>A message that was taken is locked with Kafka, and the lock is renewed until the message is settled. A message that is given back goes to
 * the end of its queue. At most one message of a queue is unsettled at a time; the next one is taken after that.
 *
 * <p>Thread-safe. All calls to Kafka are made on threads of its own: one that asks and sends, one that listens, and one for each queue from
 * which something is taken.
 */
public final class KafkaBroker implements Broker {
    private static final Duration CLOSING = Duration.ofSeconds(15);

    private final BrokerThread thread = new BrokerThread("renderfleet-kafka");
    private final KafkaLink link;

    private KafkaBroker(KafkaSettings settings) {
        this.link = new KafkaLink(settings, thread.executor());
    }

    /**
     * Makes a broker.
     *
     * @param address such as {@code kafka://one:9092,two:9092/renderfleet}: 1 to 20 servers, with ports that are 9092 by default, and the
     *     prefix of all topics and groups, {@code renderfleet} by default, of 40 letters, digits and {@code . _ -} at most
     * @param settings settings of Kafka's clients by their own names, such as {@code security.protocol}, {@code sasl.mechanism} and {@code
     *     sasl.jaas.config}; they may hold secrets, and are never logged. Where the address and this class set the same, they win
     * @param client what Kafka shows as the client's id
     * @return a broker that is not started yet
     * @throws IllegalArgumentException if the address is none of Kafka
     */
    public static KafkaBroker at(URI address, Map<String, String> settings, String client) {
        KafkaAddress where;
        try {
            where = KafkaAddress.of(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the broker's address is " + address + ": " + e.getMessage(), e);
        }
        return new KafkaBroker(new KafkaSettings(where, Map.copyOf(settings), client));
    }

    @Override
    public void start(Listener listener) {
        thread.execute(() -> link.open(listener));
    }

    @Override
    public CompletionStage<PutResult> put(String queue, byte[] message) {
        CompletableFuture<PutResult> result = new CompletableFuture<>();
        if (message.length > MAX_MESSAGE_BYTES) {
            result.complete(new PutResult.NotStored(
                    "the message has " + message.length + " bytes, and may have " + MAX_MESSAGE_BYTES, false));
        } else if (!thread.execute(() -> link.put(queue, message, result))) {
            result.complete(new PutResult.NotStored("the broker is closed", false));
        }
        return result;
    }

    @Override
    public Taking take(String queue, Consumer<Delivery> to) {
        CompletableFuture<Taking> taking = new CompletableFuture<>();
        thread.execute(() -> taking.complete(link.take(queue, to)));
        return () -> {
            var unused = taking.thenAccept(Taking::close);
        };
    }

    @Override
    public CompletionStage<OptionalLong> waiting(String queue) {
        CompletableFuture<OptionalLong> count = new CompletableFuture<>();
        if (!thread.execute(() -> count.complete(link.waiting(queue)))) {
            count.complete(OptionalLong.empty());
        }
        return count;
    }

    @Override
    public void tell(String topic, byte[] message) {
        if (message.length <= MAX_MESSAGE_BYTES) {
            thread.execute(() -> link.tell(topic, message));
        }
    }

    @Override
    public void listen(String topic, Consumer<byte[]> to) {
        thread.execute(() -> link.listen(topic, to));
    }

    @Override
    public void close() {
        thread.close(link::close, CLOSING, thread.executor()::shutdownNow);
    }
}
