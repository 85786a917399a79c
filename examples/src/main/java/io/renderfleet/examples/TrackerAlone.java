package io.renderfleet.examples;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.track.JobTracker;
import io.renderfleet.core.track.Tracking;
import io.renderfleet.core.track.TrackingEnd;
import io.renderfleet.core.track.TrackingListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An application that decides for itself who renders what, and leaves only the watching to {@link JobTracker}. Works with
 * any transport: with {@code HttpTransport.create()} and the address of a node server, nothing else changes.
 */
public final class TrackerAlone {
    private TrackerAlone() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/tracker-alone");
        try (RenderNode node = RenderNode.builder()
                        .engine(new TestPatternEngine(Duration.ofMillis(100)))
                        .outputRoot(out)
                        .build();
                RenderTransport transport = new InProcessTransport().add("here", node);
                JobTracker tracker = JobTracker.create(transport)) {
            Target target = new Target.Machine(InProcessTransport.address("here"));
            SubmitOutcome outcome =
                    transport.submit(target, fiveFrames()).toCompletableFuture().get();
            if (!(outcome instanceof SubmitOutcome.Accepted accepted)) {
                throw new IllegalStateException("the node did not take the frames: " + outcome);
            }
            Tracking tracking = tracker.track(accepted.remote(), true, null, new Teller());
            tracking.progressWanted(true);
            TrackingEnd end = tracking.end().toCompletableFuture().get();
            if (end instanceof TrackingEnd.Ended ended) {
                System.out.println("it is over: " + ended.end().state() + ", frames "
                        + ended.end().finished());
            }
        }
    }

    /** Prints what the node answers. */
    private static final class Teller implements TrackingListener {
        @Override
        public void onPoll(PollOutcome outcome) {
            if (outcome instanceof PollOutcome.Running running
                    && running.progress().currentFrame() != null) {
                System.out.println("it renders frame " + running.progress().currentFrame());
            }
        }

        @Override
        public void onEnd(TrackingEnd end) {}
    }

    private static Assignment fiveFrames() {
        // Who submits by himself counts his attempts himself. The same key again would be the same job, rendered once.
        AttemptId attempt = new AttemptId("my-app", 1, 1);
        return new Assignment(
                new JobId("shot-010"),
                new BatchId("1"),
                attempt,
                attempt.toString(),
                FrameSet.range(1, 5),
                Scene.nodeDefault(),
                RenderSettings.builder().width(320).height(180).build(),
                OutputPattern.DEFAULT,
                null,
                null,
                ScenePolicy.DEFAULT,
                null);
    }
}
