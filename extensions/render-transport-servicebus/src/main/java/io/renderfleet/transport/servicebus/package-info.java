/** A broker that is Azure Service Bus. The entry point is {@link io.renderfleet.transport.servicebus.ServiceBusBroker}. */
@NullMarked
package io.renderfleet.transport.servicebus;

import org.jspecify.annotations.NullMarked;
