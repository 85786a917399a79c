/**
 * What a user of the library can replace: how work travels, what renders, how frames are split, where nodes are found, where jobs
 * are kept, and who listens.
 *
 * <p>Layer 2: depends on {@code model} and {@code event} only. An application gives its implementations to {@code
 * RenderExecutor.builder()}, or an engine to {@code RenderNode.builder()}; what each has to do is said at the interface. For {@link
 * io.renderfleet.core.spi.JobStore}, {@link io.renderfleet.core.spi.NodeDiscovery} and {@link io.renderfleet.core.spi.ContentStore}
 * {@code render-testkit} has it as tests.
 */
@NullMarked
package io.renderfleet.core.spi;

import org.jspecify.annotations.NullMarked;
