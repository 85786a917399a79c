package io.renderfleet.benchmarks;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusProcessorClient;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import com.azure.messaging.servicebus.models.ServiceBusReceiveMode;
import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Round trips through a queue of Service Bus, by Microsoft's client. The answers go through a second queue, from which each is taken at once. */
final class BareServiceBus implements BareClient {
    private static final String QUEUE = "bare";
    private static final String ANSWERS = "bare-answers";
    private static final int CONCURRENT = 4;
    private static final long PATIENCE_MINUTES = 5;

    private final Semaphore free = new Semaphore(AT_ONCE);
    private final ServiceBusSenderAsyncClient sender;
    private final ServiceBusSenderAsyncClient answering;
    private final ServiceBusProcessorClient worker;
    private final ServiceBusProcessorClient ears;
    private volatile byte[] answer = {};

    BareServiceBus(ServiceBusServer server) {
        server.create(QUEUE, QueueSettings.USUAL);
        server.create(ANSWERS, QueueSettings.USUAL);
        sender = builder(server).sender().queueName(QUEUE).buildAsyncClient();
        answering = builder(server).sender().queueName(ANSWERS).buildAsyncClient();
        worker = builder(server)
                .processor()
                .queueName(QUEUE)
                .maxConcurrentCalls(CONCURRENT)
                .disableAutoComplete()
                .processMessage(message -> {
                    message.complete();
                    answering.sendMessage(new ServiceBusMessage(answer)).block();
                })
                .processError(failure -> {
                    throw new IllegalStateException(failure.getException());
                })
                .buildProcessorClient();
        ears = builder(server)
                .processor()
                .queueName(ANSWERS)
                .receiveMode(ServiceBusReceiveMode.RECEIVE_AND_DELETE)
                .maxConcurrentCalls(CONCURRENT)
                .processMessage(message -> free.release())
                .processError(failure -> {
                    throw new IllegalStateException(failure.getException());
                })
                .buildProcessorClient();
        worker.start();
        ears.start();
    }

    private static ServiceBusClientBuilder builder(ServiceBusServer server) {
        return new ServiceBusClientBuilder().connectionString(server.connectionString());
    }

    @Override
    public void trips(int count, byte[] message, byte[] withAnswer) throws Exception {
        answer = withAnswer;
        List<CompletableFuture<Void>> confirmed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            free.acquire();
            confirmed.add(sender.sendMessage(new ServiceBusMessage(message)).toFuture());
        }
        CompletableFuture.allOf(confirmed.toArray(CompletableFuture[]::new)).get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        free.acquire(AT_ONCE);
        free.release(AT_ONCE);
    }

    @Override
    public void close() {
        worker.close();
        ears.close();
        answering.close();
        sender.close();
    }
}
