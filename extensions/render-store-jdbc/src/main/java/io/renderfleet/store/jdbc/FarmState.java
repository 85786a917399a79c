package io.renderfleet.store.jdbc;

/**
 * The farm's row.
 *
 * @param leader who leads, with epoch 0 where nobody ever did
 * @param nextSeq the sequence number of the next transition
 */
record FarmState(Leader leader, long nextSeq) {}
