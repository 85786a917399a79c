package io.renderfleet.transport.servicebus;

import com.azure.core.amqp.AmqpClientOptions;
import com.azure.core.credential.AzureNamedKeyCredential;
import com.azure.core.credential.TokenCredential;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.renderfleet.transport.queue.Broker;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A broker that is Azure Service Bus, over AMQP 1.0 with Microsoft's client. An operator makes three queues for each pool; nothing is made
 * here, so the rights to send and to listen are enough.
 *
 * <p>Batches lie in {@code PREFIX.queue.POOL}. A message that was taken is locked, and its lock is renewed every ten seconds until it is settled.
 * What no worker can read goes to the queue's dead letters. The id of a message is the SHA-256 of its content, so a queue with
 * duplicate detection keeps one of several that are the same. In the names of queues {@code /} becomes {@code _}.
 *
 * <p>Topics go through {@code PREFIX.workers.POOL} and {@code PREFIX.farms.POOL}. Nobody takes anything from these: everybody who listens
 * browses them, at least every two seconds, and messages expire after a minute.
 *
 * <p>{@link #waiting} counts 1000 messages at most, and counts those that a worker has just taken as well.
 *
 * <p>Thread-safe. The broker does everything on one thread of its own, beside those of Microsoft's client.
 */
public final class ServiceBusBroker implements Broker {
    private static final Duration CLOSING = Duration.ofSeconds(15);

    private final ServiceBusThread thread = new ServiceBusThread();
    private final ServiceBusLink link;

    ServiceBusBroker(ServiceBusAddress address, Supplier<ServiceBusClientBuilder> builders, ServiceBusPace pace) {
        this.link = new ServiceBusLink(address, builders, pace, thread);
    }

    /**
     * Makes a broker that signs in by a connection string, as the Azure portal shows it for a shared access policy of the namespace.
     *
     * @param address such as {@code servicebus://farm.servicebus.windows.net/renderfleet}; the path is what the names of all queues begin with,
     *     40 letters, digits and {@code . _ -} at most, {@code renderfleet} by default
     * @param connectionString such as {@code Endpoint=sb://farm.servicebus.windows.net/;SharedAccessKeyName=render;SharedAccessKey=…}, with the
     *     same host; a secret, which is never logged
     * @param client what the client calls itself to Service Bus
     * @return a broker that is not started yet
     * @throws IllegalArgumentException if the address is none of Service Bus, or the connection string is none, or one of another namespace
     */
    public static ServiceBusBroker at(URI address, String connectionString, String client) {
        ServiceBusAddress where = read(address);
        ServiceBusConnectionString.check(where, connectionString);
        return make(where, client, builder -> builder.connectionString(connectionString), ServiceBusPace.USUAL);
    }

    /**
     * Makes a broker that signs in by the key of a shared access policy.
     *
     * @param address as above, without a port
     * @param key the policy's name, and one of its keys
     * @param client what the client calls itself to Service Bus
     * @return a broker that is not started yet
     * @throws IllegalArgumentException if the address is none of Service Bus
     */
    public static ServiceBusBroker at(URI address, AzureNamedKeyCredential key, String client) {
        ServiceBusAddress where = withoutPort(read(address));
        return make(where, client, builder -> builder.credential(where.host(), key), ServiceBusPace.USUAL);
    }

    /**
     * Makes a broker that signs in with Microsoft Entra ID.
     *
     * @param address as above, without a port
     * @param credential what fetches tokens, such as one of {@code azure-identity}
     * @param client what the client calls itself to Service Bus
     * @return a broker that is not started yet
     * @throws IllegalArgumentException if the address is none of Service Bus
     */
    public static ServiceBusBroker at(URI address, TokenCredential credential, String client) {
        ServiceBusAddress where = withoutPort(read(address));
        return make(where, client, builder -> builder.credential(where.host(), credential), ServiceBusPace.USUAL);
    }

    static ServiceBusBroker make(
            ServiceBusAddress address,
            String client,
            UnaryOperator<ServiceBusClientBuilder> signIn,
            ServiceBusPace pace) {
        return new ServiceBusBroker(
                address,
                () -> signIn.apply(
                        new ServiceBusClientBuilder().clientOptions(new AmqpClientOptions().setIdentifier(client))),
                pace);
    }

    private static ServiceBusAddress read(URI address) {
        try {
            return ServiceBusAddress.of(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the broker's address is " + address + ": " + e.getMessage(), e);
        }
    }

    private static ServiceBusAddress withoutPort(ServiceBusAddress address) {
        if (address.port() >= 0) {
            throw new IllegalArgumentException(
                    "the broker's address has port " + address.port() + ": only an emulator has another than 5671");
        }
        return address;
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
        } else if (!thread.execute(() -> link.put(queue, message, id(message), result))) {
            result.complete(new PutResult.NotStored("the broker is closed", false));
        }
        return result;
    }

    private static String id(byte[] message) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(message));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @Override
    public Taking take(String queue, Consumer<Delivery> to) {
        CompletableFuture<ServiceBusWish> wish = new CompletableFuture<>();
        thread.execute(() -> wish.complete(link.take(queue, to)));
        return () -> {
            var unused = wish.thenAccept(made -> thread.execute(made::callOff));
        };
    }

    @Override
    public CompletionStage<OptionalLong> waiting(String queue) {
        CompletableFuture<OptionalLong> count = new CompletableFuture<>();
        if (!thread.execute(() -> link.waiting(queue, count))) {
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
        thread.end(link::close, CLOSING);
    }
}
