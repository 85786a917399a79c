package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.PollPolicy;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.nio.file.Path;
import java.time.Duration;

/** A node goes away in the middle of a job; a listener prints what the farm does about it. */
public final class LostNode {
    private static final RenderSettings SMALL =
            RenderSettings.builder().width(320).height(180).build();

    private LostNode() {}

    /** Hears of every step of every job, and of how the nodes are. */
    private static final class Teller implements RenderListener {
        @Override
        public void onTransition(JobTransition transition) {
            if (transition instanceof JobTransition.BatchDispatched dispatched) {
                System.out.println("frames " + dispatched.frames() + " go to " + dispatched.target());
            } else if (transition instanceof JobTransition.BatchEnded ended && ended.failure() != null) {
                System.out.println("batch " + ended.batch() + " is over: "
                        + ended.failure().message());
            }
        }

        @Override
        public void onNotice(FarmNotice notice) {
            if (notice instanceof FarmNotice.NodeSuspected suspected) {
                System.out.println("a node does not answer: " + suspected.cause());
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/lost-node");
        // Usually a node may be out of reach for 20 seconds before its frames go elsewhere.
        PollPolicy impatient = new PollPolicy(
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofMinutes(5),
                Duration.ofSeconds(25),
                Duration.ofSeconds(1),
                0.1);
        InProcessTransport transport = new InProcessTransport();
        try (RenderNode steady = node(out.resolve("steady"), Duration.ofMillis(60));
                // Slow, so that it is in the middle of something when it goes.
                RenderNode doomed = node(out.resolve("doomed"), Duration.ofSeconds(1));
                RenderExecutor farm = RenderExecutor.builder()
                        .renderer("test-pattern")
                        .transport(transport.add("steady", steady).add("doomed", doomed))
                        .nodes("inproc:steady", "inproc:doomed")
                        .polls(impatient)
                        .listener(new Teller())
                        .build()) {
            RenderHandle job = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-20")
                    .outputFolder(out.resolve("frames"))
                    .settings(SMALL));
            job.onProgress(progress -> {
                if (progress.done() >= 6) {
                    transport.remove("doomed"); // as if somebody had pulled the plug
                }
            });
            RenderResult result = job.completion().get().orThrow();
            System.out.println("all " + result.frames().size() + " frames are in " + result.folder());
        }
    }

    private static RenderNode node(Path folder, Duration perFrame) throws Exception {
        return RenderNode.builder()
                .engine(new TestPatternEngine(perFrame))
                .outputRoot(folder)
                .build();
    }
}
