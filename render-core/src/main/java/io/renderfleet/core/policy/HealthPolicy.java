package io.renderfleet.core.policy;

import java.time.Duration;

/**
 * When the engine asks a node how it is, when it counts a node as lost, and when it leaves a node alone that fails too often.
 *
 * <p><b>Silence.</b> Every answer of a node is a sign of life. A node that has not answered anything for {@link #probeEvery}, give or take a
 * fifth, is asked what it is. A node that holds the answer to a poll, as it was asked to, may be silent for twice that time; whatever it does,
 * it is asked before it has been silent for two and a half times as long. The first call that fails makes the node suspect: it gets no new
 * work, and is asked again within half a second, then at growing intervals. A node that has been out of reach for {@link #lostAfter} is
 * down. It is still asked, and gets work again when it answers. What becomes of its batches is for {@link PollPolicy#giveUpAfter()}.
 *
 * <p><b>Failures.</b> A node that fails {@link #quarantineAfter} times in a row, by its own fault, is quarantined for {@link
 * #firstQuarantine}. Then it gets one batch on trial. If that fails too, it is left alone for twice as long, and so on up to {@link
 * #maxQuarantine}. One good batch ends all of it. A pool is never quarantined, since another of its workers may do better.
 *
 * <p>When to change it: probe less often on a farm of many thousand idle nodes; quarantine later where nodes fail now and then and recover
 * by themselves.
 *
 * @param probeEvery how long a node may be silent before the engine asks it what it is: positive
 * @param lostAfter how long a node may be out of reach before it is down: positive
 * @param quarantineAfter how many failures in a row quarantine a node, 1 or more. A failure that is the node's own, such as a full disk,
 *     counts each time. One that may be the job's counts once for each job, and only once another node has rendered a frame of that job
 * @param firstQuarantine how long the first quarantine lasts: positive; it doubles each time that the trial batch fails
 * @param maxQuarantine the longest quarantine: positive
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
     * Returns the default policy.
     *
     * @return asked after 10 s of silence, down after 20 s, quarantined after 3 failures in a row, for 30 s up to 10 minutes
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
