/**
 * What a user of the library can replace: how work travels, what renders, how frames are split, where nodes are found, where jobs are kept,
 * and who listens.
 *
 * <p>An application gives its implementations to {@code RenderExecutor.builder()}, or an engine to {@code RenderNode.builder()}; each
 * interface says what its implementations must do. {@code render-testkit} has contract tests, for {@link io.renderfleet.core.spi.JobStore},
 * {@link io.renderfleet.core.spi.NodeDiscovery} and {@link io.renderfleet.core.spi.ContentStore} among others.
 */
@NullMarked
package io.renderfleet.core.spi;

import org.jspecify.annotations.NullMarked;
