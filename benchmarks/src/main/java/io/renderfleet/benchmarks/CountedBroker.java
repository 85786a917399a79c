package io.renderfleet.benchmarks;

import io.renderfleet.transport.queue.Broker;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A broker that counts what is sent. */
final class CountedBroker implements Broker {
    private final Broker broker;
    private final AtomicLong messages;

    CountedBroker(Broker broker, AtomicLong messages) {
        this.broker = broker;
        this.messages = messages;
    }

    @Override
    public void start(Listener listener) {
        broker.start(listener);
    }

    @Override
    public CompletionStage<PutResult> put(String queue, byte[] message) {
        messages.incrementAndGet();
        return broker.put(queue, message);
    }

    @Override
    public Taking take(String queue, Consumer<Delivery> to) {
        return broker.take(queue, to);
    }

    @Override
    public CompletionStage<OptionalLong> waiting(String queue) {
        return broker.waiting(queue);
    }

    @Override
    public void tell(String topic, byte[] message) {
        messages.incrementAndGet();
        broker.tell(topic, message);
    }

    @Override
    public void listen(String topic, Consumer<byte[]> to) {
        broker.listen(topic, to);
    }

    @Override
    public void close() {
        broker.close();
    }
}
