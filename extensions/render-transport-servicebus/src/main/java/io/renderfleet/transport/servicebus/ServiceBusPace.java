package io.renderfleet.transport.servicebus;

import java.time.Duration;

/**
 * How often Service Bus is asked.
 *
 * @param quick between two looks for messages of topics while an answer is expected
 * @param slow between two looks otherwise
 * @param patience for an answer of Service Bus, after which it counts as away; more than Microsoft's client needs to try twice, and much less
 *     than a lease
 * @param renewal after which the lock of a message is renewed that is not settled; less than half of a queue's lock duration
 */
record ServiceBusPace(Duration quick, Duration slow, Duration patience, Duration renewal) {
    /** One operation in two seconds for each that listens, and twice a second while there is something to hear. */
    static final ServiceBusPace USUAL = new ServiceBusPace(
            Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(12), Duration.ofSeconds(10));
}
