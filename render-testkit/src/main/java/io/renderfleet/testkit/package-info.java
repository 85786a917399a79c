/**
 * What tests of RenderFleet and of its users need: contract tests for the SPIs, and access to the outside programs a test may depend on.
 *
 * <p>Entry point: {@link io.renderfleet.testkit.ExternalTool}.
 */
@NullMarked
package io.renderfleet.testkit;

import org.jspecify.annotations.NullMarked;
