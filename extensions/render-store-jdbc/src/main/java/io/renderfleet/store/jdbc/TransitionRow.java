package io.renderfleet.store.jdbc;

import java.time.Instant;

/**
 * One transition, or several of one job that follow each other, as columns.
 *
 * @param job whose they are
 * @param kind what happened, or that it is several
 * @param form the version of the form of {@code body}
 * @param at when the last of them happened
 * @param body everything else, as JSON of ASCII characters
 */
record TransitionRow(String job, String kind, int form, Instant at, String body) {}
