/** Takes batches from a queue and renders them on a node of this JVM; entry point {@link io.renderfleet.transport.queue.worker.QueueWorker}. */
@NullMarked
package io.renderfleet.transport.queue.worker;

import org.jspecify.annotations.NullMarked;
