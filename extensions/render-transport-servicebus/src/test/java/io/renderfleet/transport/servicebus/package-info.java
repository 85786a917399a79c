/** Tests against a Service Bus that is made for them: {@link io.renderfleet.transport.servicebus.FakeServiceBus}. */
@NullMarked
package io.renderfleet.transport.servicebus;

import org.jspecify.annotations.NullMarked;
