package io.renderfleet.transport.queue;

import io.renderfleet.core.spi.TransportSignals;

/**
 * As which coordinator of which farm a transport speaks.
 *
 * @param farm the farm's id
 * @param epoch the coordinator's epoch
 * @param signals where to signal changes
 */
record Post(String farm, long epoch, TransportSignals signals) {}
