package io.renderfleet.transport.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes the body of an answer, within bounds. The network waits while {@link #take} works, so no more than one buffer is ever on its way.
 *
 * <p>The first three methods are called by one thread at a time. {@link #abandon} comes once the call is over in any other way than by a
 * whole answer.
 */
interface Receiver {

    /** The body begins. */
    default void begin() {}

    /**
     * Takes bytes.
     *
     * @param bytes to be read to the end before this returns
     * @return false where no more is of interest: the connection is given up, and what was taken counts as the body
     * @throws IOException if the call has failed by what came
     */
    boolean take(ByteBuffer bytes) throws IOException;

    /**
     * All has come, or enough.
     *
     * @return the body, as far as it is kept in memory
     */
    byte[] end();

    /** Frees what is held. Can be called at any time, from any thread, and again. */
    default void abandon() {}
}
