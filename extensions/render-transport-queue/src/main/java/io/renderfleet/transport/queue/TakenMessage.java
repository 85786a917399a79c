package io.renderfleet.transport.queue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A message that was taken, for brokers to hand out: the first settling counts. Thread-safe. */
public final class TakenMessage implements Broker.Delivery {
    private final byte[] message;
    private final Consumer<Settling> settle;
    private final AtomicBoolean settled = new AtomicBoolean();

    /** What becomes of a message. */
    public enum Settling {
        /** It is done with. */
        ACKNOWLEDGE,
        /** Somebody else should have it. */
        GIVE_BACK,
        /** It is of no use to anybody. */
        REJECT
    }

    /**
     * Makes a delivery.
     *
     * @param message its bytes, which nobody changes
     * @param settle takes the first settling, on the caller's thread; returns at once
     */
    public TakenMessage(byte[] message, Consumer<Settling> settle) {
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
