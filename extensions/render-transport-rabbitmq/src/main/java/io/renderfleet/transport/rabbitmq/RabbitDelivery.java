package io.renderfleet.transport.rabbitmq;

import io.renderfleet.transport.queue.Broker;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A message that was taken. The first settling counts. */
final class RabbitDelivery implements Broker.Delivery {
    private final byte[] message;
    private final Consumer<Settling> settle;
    private final AtomicBoolean settled = new AtomicBoolean();

    /** What becomes of a message. */
    enum Settling {
        ACKNOWLEDGE,
        GIVE_BACK,
        REJECT
    }

    RabbitDelivery(byte[] message, Consumer<Settling> settle) {
        this.message = message;
        this.settle = settle;
    }

    @Override
    public byte[] message() {
        return message;
    }

    @Override
    public void acknowledge() {
        settle(Settling.ACKNOWLEDGE);
    }

    @Override
    public void giveBack() {
        settle(Settling.GIVE_BACK);
    }

    @Override
    public void reject() {
        settle(Settling.REJECT);
    }

    private void settle(Settling how) {
        if (settled.compareAndSet(false, true)) {
            settle.accept(how);
        }
    }
}
