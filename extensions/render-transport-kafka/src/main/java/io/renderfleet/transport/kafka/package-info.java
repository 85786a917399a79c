/** Batches in topics of Kafka, taken through share groups; entry point {@link io.renderfleet.transport.kafka.KafkaBroker}. */
@NullMarked
package io.renderfleet.transport.kafka;

import org.jspecify.annotations.NullMarked;
