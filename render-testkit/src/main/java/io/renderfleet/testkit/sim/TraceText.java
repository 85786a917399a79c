package io.renderfleet.testkit.sim;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import java.util.stream.Collectors;

/** Outcomes as they stand in a trace: short, and the same on every run. */
final class TraceText {
    private TraceText() {}

    static String of(Object outcome) {
        if (outcome instanceof SubmitOutcome.Accepted accepted) {
            return "accepted as " + accepted.remote().id();
        } else if (outcome instanceof PollOutcome.Running running) {
            return "running, finished " + running.progress().finished() + ", now "
                    + running.progress().currentFrame() + " at "
                    + running.progress().sample();
        } else if (outcome instanceof PollOutcome.Ended ended) {
            BatchEnd end = ended.end();
            return "ended " + end.state() + ", finished " + end.finished()
                    + (end.outputs() == null ? "" : ", told " + end.outputs().size())
                    + (end.failure() == null ? "" : ", " + end.failure());
        } else if (outcome instanceof DescribeOutcome.Described described) {
            NodeDescription node = described.node();
            return node.id() + ", " + node.bootId() + ", " + node.busy() + " of " + node.slots() + " busy"
                    + (node.draining() ? ", draining" : "");
        } else if (outcome instanceof FramesOutcome.Listed listed) {
            return "listed " + listed.frames().size();
        } else if (outcome instanceof JobTransition transition) {
            return transition(transition);
        }
        return outcome.toString();
    }

    private static String transition(JobTransition transition) {
        String text = transition.job() + " ";
        if (transition instanceof JobTransition.JobSubmitted submitted) {
            return text + "submitted, frames " + submitted.request().frames();
        } else if (transition instanceof JobTransition.BatchDispatched sent) {
            return text + "batch " + sent.batch() + " of " + sent.frames() + " to "
                    + sent.target().getHost() + " as " + sent.attempt() + ", try " + sent.tryNumber()
                    + (sent.speculationOn() == null ? "" : ", beside batch " + sent.speculationOn());
        } else if (transition instanceof JobTransition.BatchAccepted taken) {
            return text + "batch " + taken.batch() + " taken as " + taken.remoteId();
        } else if (transition instanceof JobTransition.BatchShortened shortened) {
            return text + "batch " + shortened.batch() + " shortened to " + shortened.kept();
        } else if (transition instanceof JobTransition.FramesAccepted accepted) {
            String frames = accepted.frames().stream()
                    .map(frame -> String.valueOf(frame.frame()))
                    .collect(Collectors.joining(","));
            return text + "batch " + accepted.batch() + " accepted " + frames;
        } else if (transition instanceof JobTransition.FramesUnverified unverified) {
            return text + "batch " + unverified.batch() + " unverified " + unverified.frames();
        } else if (transition instanceof JobTransition.BatchEnded over) {
            return text + "batch " + over.batch() + " " + over.outcome()
                    + (over.failure() == null ? "" : ", " + over.failure())
                    + (over.executedBy() == null ? "" : ", by " + over.executedBy());
        } else if (transition instanceof JobTransition.JobEnded over) {
            return text + over.state() + (over.failure() == null ? "" : ", " + over.failure());
        } else if (transition instanceof JobTransition.FramesFailed failed) {
            return text + "gives up " + failed.frames() + ", " + failed.failure();
        }
        return text + transition.getClass().getSimpleName();
    }
}
