/**
 * A store for farms that need not survive their process: {@link io.renderfleet.core.store.InMemoryJobStore}.
 *
 * <p>Layer 3: depends on {@code model}, {@code event} and {@code spi}.
 */
@NullMarked
package io.renderfleet.core.store;

import org.jspecify.annotations.NullMarked;
