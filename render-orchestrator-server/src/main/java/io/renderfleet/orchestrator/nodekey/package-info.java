/**
 * The keys by which an orchestrator gets into its nodes, each into one.
 *
 * <p>Entry point: {@link io.renderfleet.orchestrator.nodekey.NodeKeys}.
 */
@NullMarked
package io.renderfleet.orchestrator.nodekey;

import org.jspecify.annotations.NullMarked;
