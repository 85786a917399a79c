/**
 * Ready-made ways to cut jobs into batches: {@link io.renderfleet.core.split.BatchSplitters}.
 *
 * <p>Layer 3: depends on {@code model} and {@code spi}.
 */
@NullMarked
package io.renderfleet.core.split;

import org.jspecify.annotations.NullMarked;
