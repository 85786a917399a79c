/**
 * Work through a queue: a coordinator puts batches on a queue of a message broker, and workers take them from there. What all brokers share
 * is here and in the packages below; a broker of its own is a {@link io.renderfleet.transport.queue.Broker}.
 *
 * <p>Entry points: {@link io.renderfleet.transport.queue.QueueTransport} for coordinators, {@link
 * io.renderfleet.transport.queue.worker.QueueWorker} for workers.
 */
@NullMarked
package io.renderfleet.transport.queue;

import org.jspecify.annotations.NullMarked;
