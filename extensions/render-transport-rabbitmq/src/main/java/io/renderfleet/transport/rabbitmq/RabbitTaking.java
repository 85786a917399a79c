package io.renderfleet.transport.rabbitmq;

import io.renderfleet.transport.queue.Broker;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a message. Belongs to the broker's thread.
 *
 * @see RabbitLink
 */
final class RabbitTaking {
    private final String queue;
    private final Consumer<Broker.Delivery> to;
    private @Nullable String consumer;
    private boolean over;

    RabbitTaking(String queue, Consumer<Broker.Delivery> to) {
        this.queue = queue;
        this.to = to;
    }

    String queue() {
        return queue;
    }

    /** The tag of the consumer that waits at the queue; null while there is none. */
    @Nullable String consumer() {
        return consumer;
    }

    void consumer(@Nullable String tag) {
        consumer = tag;
    }

    boolean isOver() {
        return over;
    }

    void callOff() {
        over = true;
    }

    void deliver(Broker.Delivery delivery) {
        over = true;
        to.accept(delivery);
    }
}
