/** Tests of the logs that an orchestrator keeps. */
@NullMarked
package io.renderfleet.orchestrator.joblog;

import org.jspecify.annotations.NullMarked;
