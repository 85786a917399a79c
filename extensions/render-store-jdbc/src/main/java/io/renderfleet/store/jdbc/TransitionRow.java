package io.renderfleet.store.jdbc;

import java.time.Instant;

/**
 * A transition as columns.
 *
 * @param job whose it is
 * @param kind what happened
 * @param form the version of the form of {@code body}
 * @param at when
 * @param body everything else, as JSON of ASCII characters
 */
record TransitionRow(String job, String kind, int form, Instant at, String body) {}
