package io.renderfleet.benchmarks;

import io.renderfleet.transport.queue.Broker;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** A broker that counts what is sent. */
final class CountedBroker implements Broker {
    private final Broker broker;
    private final Traffic traffic;

    /** How many messages were sent through several brokers, and how long they were. Thread-safe. */
    static final class Traffic {
        private final LongAdder batches = new LongAdder();
        private final LongAdder bytesOfBatches = new LongAdder();
        private final LongAdder talk = new LongAdder();
        private final LongAdder bytesOfTalk = new LongAdder();

        long messages() {
            return batches.sum() + talk.sum();
        }

        /** The mean length of what was put into queues, in bytes. */
        int lengthOfBatch() {
            return (int) (bytesOfBatches.sum() / Math.max(1, batches.sum()));
        }

        /** The mean length of what was told, in bytes. */
        int lengthOfTalk() {
            return (int) (bytesOfTalk.sum() / Math.max(1, talk.sum()));
        }
    }

    CountedBroker(Broker broker, Traffic traffic) {
        this.broker = broker;
        this.traffic = traffic;
    }

    @Override
    public void start(Listener listener) {
        broker.start(listener);
    }

    @Override
    public CompletionStage<PutResult> put(String queue, byte[] message) {
        traffic.batches.increment();
        traffic.bytesOfBatches.add(message.length);
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
        traffic.talk.increment();
        traffic.bytesOfTalk.add(message.length);
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
