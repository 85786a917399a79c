package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.RenderRequest;
import java.time.Duration;
import java.util.Set;

/**
 * A request and when it is made.
 *
 * @param at when, from the start
 * @param request what is asked
 * @param after the submissions whose jobs it waits for, by their places in the list, from 0; as in {@link RenderRequest#after}, with the
 *     ids that these have got
 * @param afterFrames likewise, frame by frame, as in {@link RenderRequest#afterFrames}
 */
public record Submission(Duration at, RenderRequest request, Set<Integer> after, Set<Integer> afterFrames) {

    /** Copies the sets. */
    public Submission {
        after = Set.copyOf(after);
        afterFrames = Set.copyOf(afterFrames);
    }

    /**
     * Makes a submission that waits for no other.
     *
     * @param at when, from the start
     * @param request what is asked
     */
    public Submission(Duration at, RenderRequest request) {
        this(at, request, Set.of(), Set.of());
    }

    /**
     * Makes the job wait for whole jobs.
     *
     * @param places the places of their submissions in the list, from 0
     * @return a changed copy
     */
    public Submission after(Integer... places) {
        return new Submission(at, request, Set.of(places), afterFrames);
    }

    /**
     * Makes each of its frames wait for the same frame of other jobs.
     *
     * @param places the places of their submissions in the list, from 0
     * @return a changed copy
     */
    public Submission afterFrames(Integer... places) {
        return new Submission(at, request, after, Set.of(places));
    }
}
