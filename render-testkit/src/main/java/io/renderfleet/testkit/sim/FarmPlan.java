package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;

/** All that a simulated farm is made of; {@link SimulatedFarm.Builder} says what each value means. */
record FarmPlan(
        long seed,
        List<NodeSpec> nodes,
        List<PoolSpec> pools,
        FrameCosts costs,
        IntToLongFunction memory,
        IntToLongFunction bytes,
        Set<Integer> poison,
        FrameTrouble trouble,
        LoadTrouble loadTrouble,
        UnbakedScenes unbaked,
        double progressNoise,
        Duration latency,
        Duration storeLatency,
        Duration ioTime,
        Faults faults,
        Consumer<RenderExecutorBuilder> engine,
        List<Act> acts,
        Duration horizon,
        boolean trace,
        boolean checks) {

    /** What somebody does with the executor at a set time. */
    record Act(Duration at, Consumer<RenderExecutor> what) {}
}
