package io.renderfleet.transport.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.TakenMessage;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to RabbitMQ, opened again whenever it was lost. Every method but {@link #abort} is called on one thread. */
final class RabbitLink {
    private static final Logger log = LoggerFactory.getLogger(RabbitLink.class);

    private static final String PREFIX = "renderfleet";
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int HEARTBEAT_SECONDS = 10;
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    /** What lies unread with a listener that is away for long is of no use to it. */
    private static final int TALK_MILLIS = 60_000;

    private static final int MOST_TALK = 10_000;

    private final ConnectionFactory factory;
    private final String name;
    private final ScheduledExecutorService thread;
    private final Map<String, Consumer<byte[]>> listeners = new LinkedHashMap<>();
    private final Set<RabbitTaking> wishes = new LinkedHashSet<>();
    private final Set<String> declared = new HashSet<>();
    private Broker.@Nullable Listener owner;
    private volatile @Nullable Connection connection;
    private @Nullable Open open;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private boolean closed;

    /**
     * What belongs to one connection.
     *
     * @param work takes from queues, one message at a time
     * @param talk sends and receives messages of topics
     * @param ears the queue of this connection in which messages of topics arrive
     * @param confirms sends to queues, and hears whether it worked
     */
    private record Open(Channel work, Channel talk, String ears, Confirms confirms) {}

    RabbitLink(ConnectionFactory factory, String name, ScheduledExecutorService thread) {
        this.factory = factory;
        this.name = name;
        this.thread = thread;
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout(TIMEOUT_MILLIS);
        factory.setHandshakeTimeout(TIMEOUT_MILLIS);
        factory.setChannelRpcTimeout(TIMEOUT_MILLIS);
        factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    }

    // The connection.

    void open(Broker.Listener listener) {
        owner = listener;
        connect();
    }

    private void connect() {
        if (closed || connection != null) {
            return;
        }
        try {
            Connection made = factory.newConnection(name);
            connection = made;
            made.addShutdownListener(cause -> onThread(() -> lost(made, reason(cause))));
            made.addBlockedListener(blocked(made));
            open = setUp(made);
            pauseMillis = FIRST_PAUSE_MILLIS;
            for (String topic : listeners.keySet()) {
                bind(open, topic);
            }
            for (RabbitTaking wish : List.copyOf(wishes)) {
                consume(open, wish);
            }
            log.info("connected to the broker at {}:{}", factory.getHost(), factory.getPort());
            if (owner != null) {
                owner.connected();
            }
        } catch (IOException | TimeoutException | RuntimeException e) {
            failed(e);
        }
    }

    private Open setUp(Connection made) throws IOException {
        Channel talk = channel(made);
        talk.exchangeDeclare(PREFIX, BuiltinExchangeType.DIRECT, true);
        String ears = talk.queueDeclare(
                        "",
                        false,
                        true,
                        true,
                        Map.of("x-message-ttl", TALK_MILLIS, "x-max-length", MOST_TALK, "x-overflow", "drop-head"))
                .getQueue();
        talk.basicConsume(
                ears,
                true,
                (tag, message) -> {
                    String topic = message.getEnvelope().getRoutingKey();
                    onThread(() -> heard(topic, message.getBody()));
                },
                tag -> {});
        Channel work = channel(made);
        work.basicQos(1);
        return new Open(work, talk, ears, new Confirms(channel(made), this::onThread));
    }

    /** RabbitMQ can close a channel alone, as after {@code consumer_timeout}; whoever waits there would wait for ever. */
    private Channel channel(Connection made) throws IOException {
        Channel channel = made.createChannel();
        channel.addShutdownListener(cause -> {
            if (!cause.isHardError()) {
                onThread(() -> closedAlone(made, reason(cause)));
            }
        });
        return channel;
    }

    private void closedAlone(Connection of, String cause) {
        if (connection == of) {
            failed(new IOException("it has closed a channel: " + cause));
        }
    }

    private BlockedListener blocked(Connection made) {
        return new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                onThread(() -> away(made, "it takes no messages now: " + reason));
            }

            @Override
            public void handleUnblocked() {
                onThread(() -> {
                    if (connection == made && owner != null) {
                        owner.connected();
                    }
                });
            }
        };
    }

    private void away(Connection of, String cause) {
        if (connection == of && owner != null) {
            owner.away(cause);
        }
    }

    private static String reason(ShutdownSignalException cause) {
        return cause.isInitiatedByApplication() ? "the connection was closed" : String.valueOf(cause.getMessage());
    }

    /** A call failed: whatever is wrong with the connection, a new one is made. */
    private void failed(Exception e) {
        Connection broken = connection;
        if (broken != null) {
            broken.abort(TIMEOUT_MILLIS);
        }
        lost(broken, words(e));
    }

    /** RabbitMQ's client wraps what happened in exceptions without words: the innermost words say most. */
    private static String words(Exception e) {
        String words = e.toString();
        for (Throwable one = e; one != null; one = one.getCause()) {
            words = one.getMessage() == null ? words : one.getMessage();
        }
        return words;
    }

    private void lost(@Nullable Connection which, String cause) {
        if (closed || connection != which) {
            return;
        }
        Open before = open;
        connection = null;
        open = null;
        declared.clear();
        wishes.forEach(wish -> wish.consumer(null));
        if (before != null) {
            before.confirms().lost(cause);
        }
        log.warn("the broker at {}:{} is away: {}", factory.getHost(), factory.getPort(), cause);
        if (owner != null) {
            owner.away(cause);
        }
        var unused = thread.schedule(this::connect, pauseMillis, TimeUnit.MILLISECONDS);
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
    }

    void close() {
        closed = true;
        Connection now = connection;
        if (now != null) {
            now.abort(TIMEOUT_MILLIS);
        }
        if (open != null) {
            open.confirms().lost("the broker is closed");
        }
    }

    /** From any thread. */
    void abort() {
        Connection now = connection;
        if (now != null) {
            now.abort(1);
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    // Queues.

    void put(String queue, byte[] message, CompletableFuture<Broker.PutResult> result) {
        Open now = open;
        if (now == null) {
            result.complete(new Broker.PutResult.NotStored("the broker is away", false));
            return;
        }
        try {
            declare(now, queue);
        } catch (IOException | RuntimeException e) {
            result.complete(new Broker.PutResult.NotStored("the queue " + queue + " cannot be made: " + e, false));
            failed(e);
            return;
        }
        try {
            now.confirms().publish(queueName(queue), message, result);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void take(RabbitTaking wish) {
        wishes.add(wish);
        Open now = open;
        if (now == null) {
            return;
        }
        try {
            consume(now, wish);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** A consumer is there as long as somebody wants a message, so that messages go to those who are free. */
    private void consume(Open now, RabbitTaking wish) throws IOException {
        declare(now, wish.queue());
        wish.consumer(now.work()
                .basicConsume(
                        queueName(wish.queue()),
                        false,
                        (tag, message) -> onThread(
                                () -> arrived(now, wish, message.getEnvelope().getDeliveryTag(), message.getBody())),
                        tag -> onThread(() -> failed(new IOException("the queue " + wish.queue() + " was removed")))));
    }

    private void arrived(Open from, RabbitTaking wish, long tag, byte[] body) {
        TakenMessage delivery = new TakenMessage(body, settle -> onThread(() -> settle(from, tag, settle)));
        if (wish.isOver() || !from.equals(open)) {
            delivery.giveBack();
            return;
        }
        stop(from, wish);
        wish.deliver(delivery);
    }

    private void settle(Open from, long tag, TakenMessage.Settling how) {
        if (!from.equals(open)) {
            return;
        }
        try {
            switch (how) {
                case ACKNOWLEDGE -> from.work().basicAck(tag, false);
                case GIVE_BACK -> from.work().basicReject(tag, true);
                default -> from.work().basicReject(tag, false);
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void callOff(RabbitTaking wish) {
        wish.callOff();
        Open now = open;
        if (now != null) {
            stop(now, wish);
        }
        wishes.remove(wish);
    }

    private void stop(Open now, RabbitTaking wish) {
        wishes.remove(wish);
        String consumer = wish.consumer();
        wish.consumer(null);
        if (consumer != null) {
            try {
                now.work().basicCancel(consumer);
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
        }
    }

    OptionalLong waiting(String queue) {
        Open now = open;
        if (now == null) {
            return OptionalLong.empty();
        }
        try {
            declare(now, queue);
            return OptionalLong.of(now.talk().messageCount(queueName(queue)));
        } catch (IOException | RuntimeException e) {
            failed(e);
            return OptionalLong.empty();
        }
    }

    private void declare(Open now, String queue) throws IOException {
        if (!declared.contains(queue)) {
            String dead = queueName(queue) + ".dead";
            now.talk().queueDeclare(dead, true, false, false, Map.of("x-queue-type", "quorum"));
            now.talk().queueDeclare(queueName(queue), true, false, false, arguments(dead));
            declared.add(queue);
        }
    }

    private static Map<String, Object> arguments(String dead) {
        return Map.of(
                "x-queue-type",
                "quorum",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                dead,
                "x-dead-letter-strategy",
                "at-least-once",
                "x-overflow",
                "reject-publish");
    }

    private static String queueName(String queue) {
        return PREFIX + "." + queue;
    }

    // Topics.

    void tell(String topic, byte[] message) {
        Open now = open;
        if (now == null) {
            return;
        }
        try {
            now.talk().basicPublish(PREFIX, topic, MessageProperties.BASIC, message);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void listen(String topic, Consumer<byte[]> to) {
        listeners.put(topic, to);
        Open now = open;
        if (now == null) {
            return;
        }
        try {
            bind(now, topic);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    private static void bind(Open now, String topic) throws IOException {
        AMQP.Queue.BindOk unused = now.talk().queueBind(now.ears(), PREFIX, topic);
    }

    private void heard(String topic, byte[] message) {
        Consumer<byte[]> listener = listeners.get(topic);
        if (listener != null) {
            listener.accept(message);
        }
    }
}
