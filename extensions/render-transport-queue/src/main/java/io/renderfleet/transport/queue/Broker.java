package io.renderfleet.transport.queue;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What a message broker does for a farm: it keeps batches in queues until a worker takes them, and carries short messages to those who
 * listen.
 *
 * <p>Only queues must last: a message that {@link #put} has reported as stored is delivered at least once, even if the broker restarts.
 * Messages of {@link #tell} may be lost, doubled, or overtake one another; their senders repeat what matters. So a broker needs queues,
 * confirmations and acknowledgements, and nothing else.
 *
 * <p>A broker object keeps its connection by itself, and opens it again after it was lost. It waits longer each time, 30 seconds at most. Its
 * callbacks run on threads of its own; they return at once.
 *
 * <p>Names of queues and topics have 1 to 200 letters, digits, and {@code . _ - /}. Messages have at most {@link #MAX_MESSAGE_BYTES}.
 * Thread-safe; no method blocks but {@link #close()}.
 */
public interface Broker extends AutoCloseable {
    /** How long a message may be. */
    int MAX_MESSAGE_BYTES = 256 * 1024;

    /**
     * Connects. Called once, before any other method.
     *
     * @param listener hears how the connection stands
     */
    void start(Listener listener);

    /**
     * Puts a message into a queue, which is made if it is not there.
     *
     * @param queue the queue
     * @param message what to keep
     * @return completes once the broker has it for sure, or it is known that nobody will say so
     */
    CompletionStage<PutResult> put(String queue, byte[] message);

    /**
     * Asks for the next message of a queue. While the broker is away the wish stays.
     *
     * @param queue the queue, which is made if it is not there
     * @param to takes one message, once there is one
     * @return calls the wish off; a message that was on its way may still come
     */
    Taking take(String queue, Consumer<Delivery> to);

    /**
     * Counts the messages of a queue that no worker has.
     *
     * @param queue the queue
     * @return how many; empty if that cannot be found out now
     */
    CompletionStage<OptionalLong> waiting(String queue);

    /**
     * Sends a message to all who listen now.
     *
     * @param topic to whom
     * @param message what to say
     */
    void tell(String topic, byte[] message);

    /**
     * Listens to a topic from now on, also after the connection was lost and opened again.
     *
     * @param topic the topic
     * @param to takes each message
     */
    void listen(String topic, Consumer<byte[]> to);

    /** Ends the connection. Nothing is called back afterwards. Can be called twice. */
    @Override
    void close();

    /** Hears how the connection stands. */
    interface Listener {
        /** The broker is there; those who listen do so again by now. */
        void connected();

        /**
         * The broker is not there, or takes nothing.
         *
         * @param cause why, in words for an operator, without secrets
         */
        void away(String cause);
    }

    /** A wish for a message. */
    interface Taking extends AutoCloseable {
        /** Calls the wish off. Can be called twice. */
        @Override
        void close();
    }

    /** What became of a message that was put into a queue. Callers keep a default branch. */
    sealed interface PutResult {
        /** The broker keeps it. */
        record Stored() implements PutResult {}

        /**
         * It is not known to be there.
         *
         * @param cause why, in words for an operator
         * @param maybe false only if it is certainly not there
         */
        record NotStored(String cause, boolean maybe) implements PutResult {}
    }

    /**
     * A message that was taken and that nobody else gets before it is given back, or the connection is lost. One of the three methods settles
     * it; the others, and all of them once the connection was lost, do nothing.
     */
    interface Delivery {
        /**
         * Returns the message.
         *
         * @return its bytes
         */
        byte[] message();

        /** The message is done with. */
        void acknowledge();

        /** Somebody else should have the message. */
        void giveBack();

        /** The message is of no use to anybody: it is kept apart for people to look at, where the broker can do that. */
        void reject();
    }
}
