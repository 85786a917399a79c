/** Tests against a real Kafka. */
@NullMarked
package io.renderfleet.transport.kafka;

import org.jspecify.annotations.NullMarked;
