package io.renderfleet.core;

import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list, the newest first.
 *
 * @param states in which states; empty for all
 * @param name what the name must contain, in any case; null for any name
 * @param owner whose they are, exactly; null for anybody's
 * @param behind the job after which the list goes on; null for its beginning
 * @param limit how many at most, 1 to 1,000
 */
public record JobFilter(
        Set<JobState> states,
        @Nullable String name,
        @Nullable String owner,
        @Nullable Position behind,
        int limit) {

    static final Comparator<ActiveJob> NEWEST_FIRST =
            Comparator.comparing(job -> Position.of(job.ledger), Position.ORDER);

    /**
     * Copies the states.
     *
     * @throws IllegalArgumentException if the limit is out of range
     */
    public JobFilter {
        states = Set.copyOf(states);
        if (limit < 1 || limit > 1_000) {
            throw new IllegalArgumentException("limit is " + limit + ": it must be from 1 to 1000");
        }
    }

    /**
     * A place in the list. It stays where it is when its job is forgotten.
     *
     * @param submittedAt when the job there was submitted
     * @param id which job it was
     */
    public record Position(Instant submittedAt, JobId id) {
        static final Comparator<Position> ORDER = Comparator.comparing(Position::submittedAt)
                .reversed()
                .thenComparing(position -> position.id().value());

        static Position of(BatchLedger job) {
            return new Position(job.submittedAt(), job.job());
        }
    }

    boolean matches(BatchLedger job) {
        return (states.isEmpty() || states.contains(job.state()))
                && (name == null || called(job).contains(name.toLowerCase(Locale.ROOT)))
                && (owner == null || owner.equals(job.request().owner().orElse(null)))
                && (behind == null || Position.ORDER.compare(Position.of(job), behind) > 0);
    }

    private static String called(BatchLedger job) {
        return job.request().name().orElse("").toLowerCase(Locale.ROOT);
    }
}
