package io.renderfleet.core.spi;

import io.renderfleet.core.event.JobTransition;
import java.util.List;

/**
 * What a coordinator gets when it takes a store over.
 *
 * @param farm the farm's id, made once by the store
 * @param epoch greater than that of any coordinator before, from 1
 * @param lastSeq the greatest attempt number that any coordinator may have used, 0 at first
 * @param history every transition that is kept, in the order of their appends
 */
public record StoreOpening(String farm, long epoch, long lastSeq, List<JobTransition> history) {}
