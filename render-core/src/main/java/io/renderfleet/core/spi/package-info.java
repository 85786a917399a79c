/**
 * What a user of the library can replace: how work travels, what renders, how frames are split, where nodes are found, where jobs
 * are kept, and who listens.
 *
 * <p>Layer 2: depends on {@code model} and {@code event} only. Each interface has a
 * contract test in {@code render-testkit}.
 */
@NullMarked
package io.renderfleet.core.spi;

import org.jspecify.annotations.NullMarked;
