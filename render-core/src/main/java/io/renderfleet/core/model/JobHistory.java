package io.renderfleet.core.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Every attempt that was made for a job, as far as it is kept: of many attempts the last 1,000, of which farms with very many jobs keep
 * fewer. Those before are counted only.
 *
 * @param job the job
 * @param attempts in the order of their batches, those under way included
 * @param folded those that ended before and are counted only
 */
public record JobHistory(JobId job, List<BatchAttempt> attempts, Folded folded) {

    /** Copies the list. */
    public JobHistory {
        attempts = List.copyOf(attempts);
    }

    /**
     * Keeps what concerns one frame.
     *
     * @param frame any number
     * @return the attempts that had the frame, and how many others are counted only
     */
    public JobHistory of(int frame) {
        return new JobHistory(
                job,
                attempts.stream()
                        .filter(attempt -> attempt.batch().frames().contains(frame))
                        .toList(),
                folded);
    }

    /**
     * Attempts that are counted only.
     *
     * @param attempts how many, of all frames of the job
     * @param byState how they ended; states without one are left out
     * @param byFailure why they ended, of those that have a reason
     */
    public record Folded(int attempts, Map<Batch.State, Integer> byState, Map<FailureKind, Integer> byFailure) {
        /** Nothing was folded. */
        public static final Folded NONE = new Folded(0, Map.of(), Map.of());

        /** Copies the maps. */
        public Folded {
            byState = Map.copyOf(byState);
            byFailure = Map.copyOf(byFailure);
        }

        /**
         * Adds an attempt.
         *
         * @param attempt one that has ended
         * @return changed counts
         */
        public Folded and(BatchAttempt attempt) {
            Map<Batch.State, Integer> states = new EnumMap<>(Batch.State.class);
            states.putAll(byState);
            states.merge(attempt.batch().state(), 1, Integer::sum);
            Map<FailureKind, Integer> failures = new EnumMap<>(FailureKind.class);
            failures.putAll(byFailure);
            Failure failure = attempt.batch().failure();
            if (failure != null) {
                failures.merge(failure.kind(), 1, Integer::sum);
            }
            return new Folded(attempts + 1, states, failures);
        }
    }
}
