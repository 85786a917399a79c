/** Tests of the events that an orchestrator tells. */
@NullMarked
package io.renderfleet.orchestrator.event;

import org.jspecify.annotations.NullMarked;
