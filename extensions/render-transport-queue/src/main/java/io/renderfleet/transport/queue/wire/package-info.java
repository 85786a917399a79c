/**
 * What coordinators and workers tell one another through a broker, as JSON. The records of batches, nodes and frames are those of the HTTP
 * protocol.
 */
@NullMarked
package io.renderfleet.transport.queue.wire;

import org.jspecify.annotations.NullMarked;
