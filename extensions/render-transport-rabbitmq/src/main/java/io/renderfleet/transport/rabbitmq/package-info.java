/** Work through RabbitMQ; entry point {@link io.renderfleet.transport.rabbitmq.RabbitBroker}. */
@NullMarked
package io.renderfleet.transport.rabbitmq;

import org.jspecify.annotations.NullMarked;
