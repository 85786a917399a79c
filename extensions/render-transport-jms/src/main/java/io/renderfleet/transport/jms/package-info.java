/** Work through ActiveMQ Artemis, over AMQP 1.0; entry point {@link io.renderfleet.transport.jms.JmsBroker}. */
@NullMarked
package io.renderfleet.transport.jms;

import org.jspecify.annotations.NullMarked;
