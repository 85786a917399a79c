package io.renderfleet.core.model;

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
        /** The newest first; of jobs that came at the same time, by their ids. */
        public static final Comparator<Position> ORDER = Comparator.comparing(Position::submittedAt)
                .reversed()
                .thenComparing(position -> position.id().value());
    }

    /**
     * Returns whether a job is to be listed.
     *
     * @param at its place in the list
     * @param state in which state it is
     * @param request what was asked
     * @return whether it is one of those that are wanted
     */
    public boolean matches(Position at, JobState state, RenderRequest request) {
        return (states.isEmpty() || states.contains(state))
                && (name == null || called(request).contains(name.toLowerCase(Locale.ROOT)))
                && (owner == null || owner.equals(request.owner().orElse(null)))
                && (behind == null || Position.ORDER.compare(at, behind) > 0);
    }

    private static String called(RenderRequest request) {
        return request.name().orElse("").toLowerCase(Locale.ROOT);
    }
}
