package io.renderfleet.transport.rabbitmq;

import com.rabbitmq.client.ConnectionFactory;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerThread;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * A broker that is RabbitMQ 3.10 or later, over AMQP 0-9-1.
 *
 * <p>Queues are quorum queues called {@code renderfleet.NAME}, with a queue {@code renderfleet.NAME.dead} for messages that no worker can
 * read. Topics are routing keys of the exchange {@code renderfleet}. All of them are made where they are missing.
 *
 * <p>Thread-safe. All calls to RabbitMQ are made on one thread of its own, which is the only one that waits for it.
 */
public final class RabbitBroker implements Broker {
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final BrokerThread thread = new BrokerThread("renderfleet-rabbitmq");
    private final RabbitLink link;

    private RabbitBroker(ConnectionFactory factory, String name) {
        this.link = new RabbitLink(factory, name, thread.executor());
    }

    /**
     * Makes a broker.
     *
     * @param address such as {@code amqp://host:5672/vhost}, or {@code amqps://…} for TLS, where the server's certificate is checked against
     *     the CAs of this JVM and the host's name; without a user
     * @param user as whom to sign in
     * @param password a secret, which is never logged
     * @param name what RabbitMQ shows as the name of the connection
     * @return a broker that is not started yet
     * @throws IllegalArgumentException if the address is none of RabbitMQ
     */
    public static RabbitBroker at(URI address, String user, String password, String name) {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(address.toString());
            if ("amqps".equals(address.getScheme())) {
                factory.useSslProtocol(SSLContext.getDefault());
                factory.enableHostnameVerification();
            }
        } catch (URISyntaxException | NoSuchAlgorithmException | KeyManagementException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a broker's address must be amqp://host:port/vhost or amqps://host:port/vhost: " + address, e);
        }
        factory.setUsername(user);
        factory.setPassword(password);
        return new RabbitBroker(factory, name);
    }

    @Override
    public void start(Listener listener) {
        thread.executor().execute(() -> link.open(listener));
    }

    @Override
    public CompletionStage<PutResult> put(String queue, byte[] message) {
        CompletableFuture<PutResult> result = new CompletableFuture<>();
        if (!thread.execute(() -> link.put(queue, message, result))) {
            result.complete(new PutResult.NotStored("the broker is closed", false));
        }
        return result;
    }

    @Override
    public Taking take(String queue, Consumer<Delivery> to) {
        RabbitTaking taking = new RabbitTaking(queue, to);
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
        thread.close(link::close, CLOSING, link::abort);
    }
}
