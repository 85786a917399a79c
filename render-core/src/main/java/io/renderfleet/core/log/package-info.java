/**
 * The ids that log lines carry, so that all lines about a job, a batch or a trace can be found, whichever program wrote them.
 *
 * <p>Start with {@link io.renderfleet.core.log.LogContext}.
 */
@NullMarked
package io.renderfleet.core.log;

import org.jspecify.annotations.NullMarked;
