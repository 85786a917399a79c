package io.renderfleet.node;

import java.time.Duration;
import java.util.Optional;

/**
 * The rate limit of the server between clients and the node. It is asked at the right moment of a submit: after the idempotency key, so
 * that a repeated request costs nothing, and before everything else.
 */
@FunctionalInterface
public interface RateGate {

    /** Lets everything through. */
    RateGate OPEN = Optional::empty;

    /**
     * Takes one permit.
     *
     * @return empty if there was one, else how long the client shall wait
     */
    Optional<Duration> tryEnter();
}
