/** Tests of the JDBC store, on real databases. */
@NullMarked
package io.renderfleet.store.jdbc;

import org.jspecify.annotations.NullMarked;
