/** An Azure Service Bus for tests; entry point {@link io.renderfleet.testkit.servicebus.ServiceBusServer}. */
@NullMarked
package io.renderfleet.testkit.servicebus;

import org.jspecify.annotations.NullMarked;
