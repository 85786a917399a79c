package io.renderfleet.testkit.servicebus;

import java.time.Duration;

/**
 * How an operator has made a queue of Service Bus. Immutable.
 *
 * @param lock for how long a message is locked for whoever has taken it
 * @param maxDeliveries after so many deliveries that came to nothing, a message is a dead letter
 * @param detectsDuplicates whether a second message with the same id is dropped
 * @param maxMessageBytes how long a message may be, with its headers
 */
public record QueueSettings(Duration lock, int maxDeliveries, boolean detectsDuplicates, int maxMessageBytes) {
    /** Service Bus's own defaults, with the messages of its Standard tier: 30 seconds, 10 deliveries, duplicates kept, 256 KiB. */
    public static final QueueSettings USUAL = new QueueSettings(Duration.ofSeconds(30), 10, false, 256 * 1024);

    /**
     * Changes how long a message is locked.
     *
     * @param duration for how long
     * @return other settings
     */
    public QueueSettings lock(Duration duration) {
        return new QueueSettings(duration, maxDeliveries, detectsDuplicates, maxMessageBytes);
    }

    /**
     * Changes how often a message is delivered.
     *
     * @param most after so many deliveries it is a dead letter
     * @return other settings
     */
    public QueueSettings maxDeliveries(int most) {
        return new QueueSettings(lock, most, detectsDuplicates, maxMessageBytes);
    }

    /**
     * Drops a message whose id the queue has seen before.
     *
     * @return other settings
     */
    public QueueSettings detectingDuplicates() {
        return new QueueSettings(lock, maxDeliveries, true, maxMessageBytes);
    }
}
