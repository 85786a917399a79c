package io.renderfleet.store.jdbc;

/**
 * The term of a coordinator that leads.
 *
 * @param farm the farm's id
 * @param epoch its own epoch
 * @param firstSeq the sequence number of its first transition
 * @param lastAttempt the greatest attempt number that was written before it
 */
record LeaderTerm(String farm, long epoch, long firstSeq, long lastAttempt) {}
