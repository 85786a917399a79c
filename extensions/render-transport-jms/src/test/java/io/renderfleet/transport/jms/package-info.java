/** Tests against an Artemis in their own JVM: {@link io.renderfleet.transport.jms.ArtemisServer}. */
@NullMarked
package io.renderfleet.transport.jms;

import org.jspecify.annotations.NullMarked;
