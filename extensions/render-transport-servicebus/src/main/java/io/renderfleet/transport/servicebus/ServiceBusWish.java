package io.renderfleet.transport.servicebus;

import io.renderfleet.transport.queue.Broker;
import java.util.function.Consumer;

/** A wish for a message, which outlives connections. Belongs to the broker's thread. */
final class ServiceBusWish {
    private final String queue;
    private final Consumer<Broker.Delivery> to;
    private boolean over;

    ServiceBusWish(String queue, Consumer<Broker.Delivery> to) {
        this.queue = queue;
        this.to = to;
    }

    /** Its queue, as Service Bus knows it. */
    String queue() {
        return queue;
    }

    boolean isOver() {
        return over;
    }

    void callOff() {
        over = true;
    }

    void grant(Broker.Delivery delivery) {
        over = true;
        to.accept(delivery);
    }
}
