/** Tests of what all brokers share. */
@NullMarked
package io.renderfleet.transport.queue;

import org.jspecify.annotations.NullMarked;
