package io.renderfleet.transport.jms;

import io.renderfleet.transport.queue.Broker;
import java.util.function.Consumer;

/** A wish for a message. Only {@link #isOver} is called on other threads than the broker's. */
final class JmsTaking {
    private final String queue;
    private final Consumer<Broker.Delivery> to;
    private volatile boolean over;

    JmsTaking(String queue, Consumer<Broker.Delivery> to) {
        this.queue = queue;
        this.to = to;
    }

    String queue() {
        return queue;
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
