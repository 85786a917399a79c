package io.renderfleet.examples;

import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.testkit.sim.FrameCosts;
import io.renderfleet.testkit.sim.NodeSpec;
import io.renderfleet.testkit.sim.SimulatedFarm;
import io.renderfleet.testkit.sim.SimulationReport;
import java.time.Duration;

/**
 * How long would this shot take on so many nodes, and would other batches help? A simulated farm answers: it is the real engine on virtual
 * time, so that an hour passes in a moment, and the same seed gives the same answer again.
 */
public final class HowLong {
    private HowLong() {}

    public static void main(String[] args) {
        System.out.println("240 frames of about 20 s each; every fourth node is twice as fast as the others");
        for (int nodes : new int[] {1, 4, 8, 16}) {
            System.out.printf(
                    "%2d nodes: %4d s in batches of 5, %4d s in adaptive ones%n",
                    nodes,
                    simulate(nodes, BatchSplitters.fixed(5)).toSeconds(),
                    simulate(nodes, BatchSplitters.adaptive()).toSeconds());
        }
    }

    static Duration simulate(int nodes, BatchSplitter splitter) {
        NodeSpec usual = NodeSpec.USUAL.startUp(Duration.ofSeconds(3));
        int fast = nodes / 4;
        SimulationReport report = SimulatedFarm.builder()
                .seed(1)
                .nodes(nodes - fast, usual)
                .nodes(fast, usual.speed(2))
                .frames(FrameCosts.animation(Duration.ofSeconds(20), 0.5, 48, 1))
                .engine(engine -> engine.splitter(splitter))
                .build()
                .run(RenderRequest.of(Scene.onNodes("shot.blend"), "1-240"));
        return report.makespan();
    }
}
