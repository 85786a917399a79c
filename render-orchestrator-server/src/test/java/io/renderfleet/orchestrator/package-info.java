/** Tests of the orchestrator, over real loopback connections. */
@NullMarked
package io.renderfleet.orchestrator;

import org.jspecify.annotations.NullMarked;
