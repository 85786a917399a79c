/**
 * A store for farms that need not survive their process: {@link io.renderfleet.core.store.InMemoryJobStore}.
 */
@NullMarked
package io.renderfleet.core.store;

import org.jspecify.annotations.NullMarked;
