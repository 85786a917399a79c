package io.renderfleet.testkit;

import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;

/**
 * The other side of a transport, for {@link RenderTransportContract}: one node, or one pool with one worker, with one slot. It has an engine
 * that renders any scene, keeps files and takes scenes.
 */
public interface TransportFixture extends AutoCloseable {

    /**
     * Makes a transport that leads there.
     *
     * @return a new one each time, which is not started; the contract closes it
     */
    RenderTransport transport();

    /**
     * Returns where it leads.
     *
     * @return the target
     */
    Target target();

    /** Ends the node or the pool. */
    @Override
    void close();
}
