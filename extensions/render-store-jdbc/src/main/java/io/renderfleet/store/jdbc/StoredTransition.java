package io.renderfleet.store.jdbc;

import io.renderfleet.core.event.JobTransition;

/**
 * A transition as it lies in the store.
 *
 * @param sequence its place in the farm's history, from 1; grows with each transition, with gaps where jobs were forgotten
 * @param transition what happened
 */
public record StoredTransition(long sequence, JobTransition transition) {}
