package io.renderfleet.benchmarks;

import java.io.IOException;

/**
 * A broker's own client, which does what a farm does with a batch and nothing else: a message is put into a queue that lasts, the broker confirms
 * it, a worker takes it, settles it and answers with a message that need not last.
 */
interface BareClient extends AutoCloseable {
    /** How many messages are on their way at most, as many as the farm's pool has. */
    int AT_ONCE = 8;

    /**
     * Makes round trips. Returns when all messages were confirmed and all answers are there.
     *
     * @param count how many
     * @param message what is put into the queue
     * @param answer what the worker answers
     */
    void trips(int count, byte[] message, byte[] answer) throws Exception;

    @Override
    void close() throws IOException;
}
