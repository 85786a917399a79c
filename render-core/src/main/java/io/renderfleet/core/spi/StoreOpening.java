package io.renderfleet.core.spi;

/**
 * What a coordinator gets when it takes a store over.
 *
 * @param farm the farm's id, made once by the store
 * @param epoch greater than that of any coordinator before, from 1
 * @param lastSeq the greatest attempt number that any coordinator may have used, 0 at first
 */
public record StoreOpening(String farm, long epoch, long lastSeq) {}
