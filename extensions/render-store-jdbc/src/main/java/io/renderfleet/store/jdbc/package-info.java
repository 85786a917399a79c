/**
 * Keeps jobs in a database: an embedded H2 file for one orchestrator, PostgreSQL for several.
 *
 * <p>Entry point: {@link io.renderfleet.store.jdbc.JdbcJobStore}, which also says what exactly is guaranteed.
 */
@NullMarked
package io.renderfleet.store.jdbc;

import org.jspecify.annotations.NullMarked;
