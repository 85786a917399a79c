package io.renderfleet.transport.queue;

import java.util.List;

/**
 * One kind of message broker, for programs that are told by an address which broker to use. Modules name their kind in
 * {@code META-INF/services}, so that a program speaks to all brokers whose modules are on its class path.
 *
 * <p>Thread-safe.
 */
public interface BrokerKind {
    /**
     * Names the kind.
     *
     * @return the scheme of its pools, such as {@code rabbitmq} in {@code rabbitmq:gpu}
     */
    String name();

    /**
     * Lists how its addresses begin.
     *
     * @return schemes, such as {@code amqp}
     */
    List<String> schemes();

    /**
     * Shows an address.
     *
     * @return one that could be right, for messages to operators
     */
    String example();

    /**
     * Checks what was given, without connecting.
     *
     * @param access where the broker is, with a scheme of this kind
     * @throws IllegalArgumentException if it makes no sense, in words that go on after the name and the value of a flag, such as {@code
     *     it must be like amqp://rabbit:5672/farm}
     */
    void check(BrokerAccess access);

    /**
     * Makes a broker.
     *
     * @param access what was checked
     * @param client how the broker is to name the connection, for operators
     * @return a broker that is not started yet
     */
    Broker open(BrokerAccess access, String client);
}
