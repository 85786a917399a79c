package io.renderfleet.core.policy;

import java.time.Duration;

/**
 * When a node is asked how it is, and when it is left alone.
 *
 * @param probeEvery how often a node that is not heard of otherwise is asked what it is, give or take a fifth. A node that holds the
 *     answer to a poll as it was asked to is not asked as well until it has been silent for twice that time; whatever it does, it is
 *     asked before it has been silent for two and a half times as long
 * @param lostAfter how long a node may be out of reach before it counts as lost
 * @param quarantineAfter how many batches in a row a node may fail by its own fault, as with a full disk, 1 or more; what may be the
 *     fault of a job counts once for each job, and only once another node has rendered a frame of that job
 * @param firstQuarantine how long a node is left alone then; doubles each time it fails its trial batch
 * @param maxQuarantine the longest time it is left alone
 */
public record HealthPolicy(
        Duration probeEvery,
        Duration lostAfter,
        int quarantineAfter,
        Duration firstQuarantine,
        Duration maxQuarantine) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public HealthPolicy {
        positive("probeEvery", probeEvery);
        positive("lostAfter", lostAfter);
        positive("firstQuarantine", firstQuarantine);
        positive("maxQuarantine", maxQuarantine);
        if (quarantineAfter < 1) {
            throw new IllegalArgumentException("quarantineAfter is " + quarantineAfter + ": it must be 1 or more");
        }
    }

    /**
     * Gives the usual policy.
     *
     * @return probes every 10 s, lost after 20 s, quarantine after 3 failures in a row for 30 s up to 10 minutes
     */
    public static HealthPolicy ofDefaults() {
        return new HealthPolicy(
                Duration.ofSeconds(10), Duration.ofSeconds(20), 3, Duration.ofSeconds(30), Duration.ofMinutes(10));
    }

    private static void positive(String field, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be positive");
        }
    }
}
