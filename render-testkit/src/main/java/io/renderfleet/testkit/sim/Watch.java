package io.renderfleet.testkit.sim;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import java.util.concurrent.CompletionStage;

/** Sees everything that coordinators do and hear. */
final class Watch {
    private long batches;

    long batches() {
        return batches;
    }

    void kept(JobTransition transition) {
        if (transition instanceof JobTransition.BatchDispatched) {
            batches++;
        }
    }

    void calling(Coordinator from, CallKind kind, Target to) {}

    <T> CompletionStage<T> heard(Coordinator from, CallKind kind, Target to, CompletionStage<T> answer) {
        return answer;
    }

    void submitting(Coordinator from, Target to, Assignment assignment) {}

    CompletionStage<SubmitOutcome> submitted(
            Coordinator from, Target to, Assignment assignment, CompletionStage<SubmitOutcome> answer) {
        return answer;
    }

    CompletionStage<PollOutcome> polled(Coordinator from, RemoteJob remote, CompletionStage<PollOutcome> answer) {
        return answer;
    }
}
