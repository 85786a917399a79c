package io.renderfleet.transport.jms;

import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerThread;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A broker that speaks AMQP 1.0 and makes queues and topics as they are needed: ActiveMQ Artemis. The client is Qpid JMS.
 *
 * <p>Batches lie in the queue {@code PREFIX.queue.NAME}; a message that no worker can read goes to {@code PREFIX.dead.NAME}. Topics are JMS
 * topics {@code PREFIX.talk.NAME}, whose messages are not durable and expire after a minute.
 *
 * <p>{@link #waiting} browses the queue, and counts {@value #MOST_COUNTED} messages at most.
 *
 * <p>Thread-safe. The broker does everything on one thread of its own, which is the only one that waits for the server, beside one thread for
 * each message that {@link #take} waits for.
 */
public final class JmsBroker implements Broker {
    /** How far messages that wait are counted. */
    static final int MOST_COUNTED = 1000;

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final BrokerThread thread = new BrokerThread("renderfleet-jms");
    private final JmsLink link;

    private JmsBroker(JmsAddress address, JmsConnectionFactory factory) {
        this.link = new JmsLink(address, factory, thread.executor());
    }

    /**
     * Makes a broker.
     *
     * @param address such as {@code amqp1://host:5672/renderfleet}, or {@code amqp1s://…} for TLS, where the server's certificate is checked
     *     against the CAs of this JVM and the host's name; the path is what the names of all queues and topics begin with, 40 letters, digits
     *     and {@code . _ -} at most, {@code renderfleet} by default
     * @param user as whom to sign in, or null for nobody
     * @param password a secret, which is never logged, or null
     * @param name what the ids of the connections begin with, for operators
     * @return a broker that is not started yet
     * @throws IllegalArgumentException if the address is none of AMQP 1.0
     */
    public static JmsBroker at(URI address, @Nullable String user, @Nullable String password, String name) {
        JmsAddress where;
        try {
            where = JmsAddress.of(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the broker's address is " + address + ": " + e.getMessage(), e);
        }
        JmsConnectionFactory factory =
                user == null ? new JmsConnectionFactory(where.forClient()) : signingIn(where, user, password);
        factory.setClientIDPrefix(name + "-");
        if (where.tls()) {
            factory.setSslContext(usualTls());
        }
        return new JmsBroker(where, factory);
    }

    private static JmsConnectionFactory signingIn(JmsAddress where, String user, @Nullable String password) {
        return new JmsConnectionFactory(user, password == null ? "" : password, where.forClient());
    }

    private static SSLContext usualTls() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has TLS", e);
        }
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
        JmsTaking taking = new JmsTaking(queue, to);
        thread.execute(() -> link.take(taking));
        return () -> thread.execute(() -> link.callOff(taking));
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
        thread.execute(() -> link.tell(topic, message));
    }

    @Override
    public void listen(String topic, Consumer<byte[]> to) {
        thread.execute(() -> link.listen(topic, to));
    }

    @Override
    public void close() {
        thread.close(link::close, CLOSING, () -> {});
    }
}
