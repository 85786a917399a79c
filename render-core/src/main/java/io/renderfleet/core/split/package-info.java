/**
 * Ready-made ways to cut jobs into batches: {@link io.renderfleet.core.split.BatchSplitters}.
 */
@NullMarked
package io.renderfleet.core.split;

import org.jspecify.annotations.NullMarked;
