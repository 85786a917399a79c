package io.renderfleet.benchmarks;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Round trips through a quorum queue of RabbitMQ. */
final class BareRabbit implements BareClient {
    private static final String QUEUE = "bare";
    private static final int PREFETCH = 4;
    private static final long PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(2);

    private final Connection sender;
    private final Connection worker;
    private final Channel sending;
    private final Semaphore free = new Semaphore(AT_ONCE);
    private volatile byte[] answer = {};

    BareRabbit(URI address) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(address.toString());
        sender = factory.newConnection();
        worker = factory.newConnection();
        sending = sender.createChannel();
        sending.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
        sending.confirmSelect();
        Channel hearing = sender.createChannel();
        String answers = hearing.queueDeclare().getQueue();
        hearing.basicConsume(answers, true, (tag, message) -> free.release(), tag -> {});
        Channel taking = worker.createChannel();
        taking.basicQos(PREFETCH);
        taking.basicConsume(
                QUEUE,
                false,
                (tag, message) -> {
                    taking.basicAck(message.getEnvelope().getDeliveryTag(), false);
                    taking.basicPublish("", answers, MessageProperties.BASIC, answer);
                },
                tag -> {});
    }

    @Override
    public void trips(int count, byte[] message, byte[] withAnswer) throws Exception {
        answer = withAnswer;
        for (int i = 0; i < count; i++) {
            free.acquire();
            sending.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, message);
        }
        sending.waitForConfirmsOrDie(PATIENCE_MILLIS);
        free.acquire(AT_ONCE);
        free.release(AT_ONCE);
    }

    @Override
    public void close() throws IOException {
        worker.close();
        sender.close();
    }
}
