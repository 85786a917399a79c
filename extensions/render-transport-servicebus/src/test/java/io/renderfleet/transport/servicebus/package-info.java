/** Tests against a Service Bus that is made for tests: {@link io.renderfleet.testkit.servicebus.ServiceBusServer}. */
@NullMarked
package io.renderfleet.transport.servicebus;

import org.jspecify.annotations.NullMarked;
