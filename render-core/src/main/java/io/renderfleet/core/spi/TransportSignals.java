package io.renderfleet.core.spi;

/** Where a transport tells that something has changed. A signal only makes the next poll come at once; losing one costs time only. */
@FunctionalInterface
public interface TransportSignals {

    /**
     * Tells that a remote job has changed. Callable from any thread.
     *
     * @param remote which
     */
    void changed(RemoteJob remote);
}
