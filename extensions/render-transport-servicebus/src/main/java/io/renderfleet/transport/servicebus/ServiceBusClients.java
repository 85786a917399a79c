package io.renderfleet.transport.servicebus;

import com.azure.core.amqp.AmqpRetryMode;
import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import com.azure.messaging.servicebus.models.ServiceBusReceiveMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Microsoft's clients over one connection, one for each queue and direction. They are made when they are needed. Belongs to one thread. */
final class ServiceBusClients implements AutoCloseable {
    /** A call that takes longer is tried once more; after both the connection counts as lost, in less than a lease. */
    private static final Duration TRY = Duration.ofSeconds(5);

    private final ServiceBusClientBuilder builder;
    private final Map<String, ServiceBusSenderAsyncClient> senders = new HashMap<>();
    private final Map<String, ServiceBusReceiverAsyncClient> receivers = new HashMap<>();

    /**
     * Makes none yet.
     *
     * @param builder one that nobody else uses, with address and credentials
     */
    ServiceBusClients(ServiceBusClientBuilder builder) {
        this.builder = builder.retryOptions(new AmqpRetryOptions()
                .setMode(AmqpRetryMode.FIXED)
                .setMaxRetries(1)
                .setDelay(Duration.ofMillis(500))
                .setTryTimeout(TRY));
    }

    ServiceBusSenderAsyncClient sender(String queue) {
        return senders.computeIfAbsent(
                queue, name -> builder.sender().queueName(name).buildAsyncClient());
    }

    /** One that locks what it takes, fetches nothing in advance, and renews no locks by itself. */
    ServiceBusReceiverAsyncClient receiver(String queue) {
        return receivers.computeIfAbsent(queue, this::newReceiver);
    }

    private ServiceBusReceiverAsyncClient newReceiver(String queue) {
        return builder.receiver()
                .queueName(queue)
                .receiveMode(ServiceBusReceiveMode.PEEK_LOCK)
                .prefetchCount(0)
                .maxAutoLockRenewDuration(Duration.ZERO)
                .disableAutoComplete()
                .buildAsyncClient();
    }

    @Override
    public void close() {
        senders.values().forEach(ServiceBusSenderAsyncClient::close);
        receivers.values().forEach(ServiceBusReceiverAsyncClient::close);
    }
}
