package io.renderfleet.store.jdbc;

import java.time.Duration;

/**
 * How one of several orchestrators holds the lead. Times are measured by the database's clock.
 *
 * @param holder who asks for the lead, for the others to know: the URL at which it takes requests, say; at most 512 characters
 * @param ttl for how long the lead is held without being renewed, 1 s to 10 min; others can have it after that
 * @param renewEvery how often it is renewed, and how often a stand-by asks for it; at most half of {@code ttl}
 */
public record LeasePolicy(String holder, Duration ttl, Duration renewEvery) {
    private static final int MAX_HOLDER = 512;
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming the one that is out of range
     */
    public LeasePolicy {
        if (holder.length() > MAX_HOLDER || holder.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("holder must have at most " + MAX_HOLDER + " printable characters");
        }
        if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "ttl is " + ttl + ": it must be from 1 s to " + LONGEST.toMinutes() + " min");
        }
        if (renewEvery.compareTo(Duration.ofMillis(50)) < 0
                || renewEvery.multipliedBy(2).compareTo(ttl) > 0) {
            throw new IllegalArgumentException("renewEvery is " + renewEvery
                    + ": it must be at least 50 ms, and at most half of ttl, which is " + ttl);
        }
    }

    /**
     * Returns the usual times: a lead of 5 s, renewed each second, so that a stand-by has it 6 s after a leader's death.
     *
     * @param holder who asks for the lead
     * @return the policy
     */
    public static LeasePolicy of(String holder) {
        return new LeasePolicy(holder, Duration.ofSeconds(5), Duration.ofSeconds(1));
    }
}
