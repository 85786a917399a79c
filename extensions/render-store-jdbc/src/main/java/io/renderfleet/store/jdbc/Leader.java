package io.renderfleet.store.jdbc;

/**
 * Who leads a farm.
 *
 * @param holder what it calls itself, see {@link LeasePolicy#holder()}
 * @param epoch its epoch, from 1
 * @param live whether it has renewed its lease in time
 */
public record Leader(String holder, long epoch, boolean live) {}
