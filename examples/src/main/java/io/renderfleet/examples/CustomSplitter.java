package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.SplitContext;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.nio.file.Path;
import java.time.Duration;

/** A splitter of one's own: batches that take about the same time, whatever a frame costs, on every node. */
public final class CustomSplitter {
    private CustomSplitter() {}

    /** Cuts as many frames as the node that asks will probably render in the given time. */
    record ByTime(Duration perBatch) implements BatchSplitter {
        @Override
        public FrameSet next(SplitContext context) {
            if (context.frameTime() == null) {
                return context.waiting().take(1); // nothing is known yet: feel for it
            }
            double frameSeconds = context.frameTime().toNanos() / 1e9 / context.nodeSpeed();
            double frames = perBatch.toNanos() / 1e9 / frameSeconds;
            // No more than a fair share of what is left, or the last node would work while all others are idle.
            double share = context.waitingFrames() * context.nodeSpeed() / context.farmSpeed();
            return context.waiting().take((int) Math.max(1, Math.min(frames, share)));
        }
    }

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/custom-splitter");
        RenderSettings small = RenderSettings.builder().width(320).height(180).build();
        try (RenderNode quick = node(out.resolve("quick"), Duration.ofMillis(20));
                RenderNode slow = node(out.resolve("slow"), Duration.ofMillis(80));
                RenderExecutor farm = RenderExecutor.builder()
                        .renderer("test-pattern")
                        .transport(new InProcessTransport().add("quick", quick).add("slow", slow))
                        .nodes("inproc:quick", "inproc:slow")
                        .splitter(new ByTime(Duration.ofMillis(250)))
                        .build()) {
            RenderHandle job = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-40")
                    .outputFolder(out.resolve("frames"))
                    .settings(small));
            job.completion().get().orThrow();
            for (Batch batch : job.snapshot().batches()) {
                String who = quick.id().equals(batch.node()) ? "quick" : "slow";
                System.out.println("the " + who + " node rendered frames " + batch.frames());
            }
        }
    }

    private static RenderNode node(Path folder, Duration perFrame) throws Exception {
        return RenderNode.builder()
                .engine(new TestPatternEngine(perFrame))
                .outputRoot(folder)
                .build();
    }
}
