package io.renderfleet.core.spi;

/** Where a transport signals that something has changed. A signal makes the engine poll at once; a lost signal costs nothing but time. */
@FunctionalInterface
public interface TransportSignals {

    /**
     * Signals that a remote job has changed. Callable from any thread.
     *
     * @param remote the remote job
     */
    void changed(RemoteJob remote);
}
