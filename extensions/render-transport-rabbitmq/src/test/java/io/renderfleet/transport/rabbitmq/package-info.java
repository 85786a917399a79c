/** Tests against a real RabbitMQ. */
@NullMarked
package io.renderfleet.transport.rabbitmq;

import org.jspecify.annotations.NullMarked;
