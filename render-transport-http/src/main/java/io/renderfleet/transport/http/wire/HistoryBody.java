package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.JobHistory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /jobs/{id}/history}.
 *
 * @param job the job's id
 * @param trace the id of its trace, 32 hexadecimal digits; null where its submission belongs to none
 * @param earlier the attempts before those that are listed
 * @param attempts in the order of their batches, those under way included
 */
public record HistoryBody(
        @Nullable String job,
        @Nullable String trace,
        @Nullable Earlier earlier,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<AttemptBody> attempts) {

    /**
     * Attempts that are counted only.
     *
     * @param attempts how many
     * @param states how they ended, and how many did
     * @param failures the kinds of their failures, and how many there were
     */
    public record Earlier(
            @Nullable Integer attempts,
            @Nullable Map<String, Integer> states,
            @Nullable Map<String, Integer> failures) {
        /**
         * Makes the wire form.
         *
         * @param folded what is counted
         * @return its body
         */
        public static Earlier of(JobHistory.Folded folded) {
            Map<String, Integer> states = new TreeMap<>();
            folded.byState().forEach((state, count) -> states.put(state.name().toLowerCase(Locale.ROOT), count));
            Map<String, Integer> failures = new TreeMap<>();
            folded.byFailure().forEach((kind, count) -> failures.put(kind.name(), count));
            return new Earlier(folded.attempts(), states, failures);
        }
    }
}
