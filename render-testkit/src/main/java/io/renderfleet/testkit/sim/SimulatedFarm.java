package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.model.RenderRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;

/**
 * A farm on virtual time: the real engine, driven without threads, with simulated nodes around it. Hours pass in milliseconds.
 *
 * <p>How long would a shot take on eight nodes?
 *
 * <pre>{@code
 * SimulationReport report = SimulatedFarm.builder()
 *         .nodes(8, NodeSpec.USUAL.startUp(Duration.ofSeconds(3)))
 *         .frames(FrameCosts.logNormal(Duration.ofSeconds(40), 0.5, 1))
 *         .build()
 *         .run(RenderRequest.of(Scene.onNodes("shot.blend"), "1-240"));
 * Duration time = report.makespan();
 * }</pre>
 *
 * <p>Whether an own splitter does better than another shows {@link SimulationReport#ratio()} on the same seeds:
 *
 * <pre>{@code
 * SimulatedFarm.builder().engine(engine -> engine.splitter(mine)) …
 * }</pre>
 *
 * <p>Deterministic: the same farm gives the same report each time, trace included. While it runs, what the engine promises is checked
 * after every step ({@link Builder#checks}); a {@link SimulationFailure} says what was broken. Immutable; each run is a farm of its own.
 */
public final class SimulatedFarm {
    private final FarmPlan plan;

    private SimulatedFarm(FarmPlan plan) {
        this.plan = plan;
    }

    /**
     * Begins to set a farm up.
     *
     * @return a builder, not thread-safe
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs until all jobs have ended.
     *
     * @param requests what is asked, all at once
     * @return what became of it
     * @throws SimulationFailure if something happened that must never happen, or a job did not end
     */
    public SimulationReport run(RenderRequest... requests) {
        return run(Arrays.stream(requests)
                .map(request -> new Submission(Duration.ZERO, request))
                .toList());
    }

    /**
     * Runs until all jobs have ended.
     *
     * @param submissions what is asked, and when
     * @return what became of it
     * @throws SimulationFailure if something happened that must never happen, or a job did not end
     */
    public SimulationReport run(List<Submission> submissions) {
        return new Simulation(plan, submissions).run();
    }

    /** Sets a {@link SimulatedFarm} up. Only nodes, or a pool, must be given. */
    public static final class Builder {
        private long seed = 1;
        private final List<NodeSpec> nodes = new ArrayList<>();
        private FrameCosts costs = FrameCosts.constant(Duration.ofSeconds(10));
        private IntToLongFunction memory = frame -> 0;
        private IntToLongFunction bytes = frame -> 1_000 + Math.floorMod(frame, 1_000);
        private Set<Integer> poison = Set.of();
        private FrameTrouble trouble = FrameTrouble.NONE;
        private LoadTrouble loadTrouble = LoadTrouble.NONE;
        private UnbakedScenes unbaked = UnbakedScenes.NONE;
        private final List<PoolSpec> pools = new ArrayList<>();
        private double progressNoise;
        private Duration latency = Duration.ofMillis(1);
        private Duration storeLatency = Duration.ZERO;
        private Duration ioTime = Duration.ofMillis(1);
        private Faults faults = Faults.none();
        private Consumer<RenderExecutorBuilder> engine = builder -> {};
        private final List<FarmPlan.Act> acts = new ArrayList<>();
        private Duration horizon = Duration.ofDays(30);
        private boolean trace;
        private boolean checks = true;

        private Builder() {}

        /**
         * Sets which run it is: the engine's random choices, the noise, and when faults strike.
         *
         * @param value any number; default 1
         * @return this builder
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Adds nodes that are alike. They are called {@code n1}, {@code n2} and so on, in the order in which they are added.
         *
         * @param count how many
         * @param spec what they are like
         * @return this builder
         */
        public Builder nodes(int count, NodeSpec spec) {
            nodes.addAll(Collections.nCopies(count, spec));
            return this;
        }

        /**
         * Adds a node.
         *
         * @param spec what it is like
         * @return this builder
         */
        public Builder node(NodeSpec spec) {
            return nodes(1, spec);
        }

        /**
         * Adds a queue that picks the worker itself. Pools are called {@code pool1}, {@code pool2} and so on, the workers of the first
         * {@code pool1-w1}, {@code pool1-w2} and so on.
         *
         * @param spec what it is like
         * @return this builder
         */
        public Builder pool(PoolSpec spec) {
            pools.add(spec);
            return this;
        }

        /**
         * Sets what frames cost.
         *
         * @param value the costs at speed 1; default 10 s each
         * @return this builder
         */
        public Builder frames(FrameCosts value) {
            costs = value;
            return this;
        }

        /**
         * Sets how much memory frames need; a node with less fails them with {@code OUT_OF_MEMORY}.
         *
         * @param bytes the need of a frame; default none
         * @return this builder
         */
        public Builder frameMemory(IntToLongFunction bytes) {
            memory = bytes;
            return this;
        }

        /**
         * Sets how large the files are that nodes say they have rendered. Carrying them takes no time.
         *
         * @param size the bytes of a frame, at least 1; default 1,000 to 1,999
         * @return this builder
         */
        public Builder frameBytes(IntToLongFunction size) {
            bytes = size;
            return this;
        }

        /**
         * Sets which frames crash the renderer, on every node and each time.
         *
         * @param frames their numbers; default none
         * @return this builder
         */
        public Builder poison(Set<Integer> frames) {
            poison = Set.copyOf(frames);
            return this;
        }

        /**
         * Sets which frames fail, where, and how, besides those that are {@linkplain #poison poison} or need more
         * {@linkplain #frameMemory memory}.
         *
         * @param value default {@link FrameTrouble#NONE}
         * @return this builder
         */
        public Builder trouble(FrameTrouble value) {
            trouble = value;
            return this;
        }

        /**
         * Sets which scenes cannot be loaded, where, and how that fails.
         *
         * @param value default {@link LoadTrouble#NONE}
         * @return this builder
         */
        public Builder loadTrouble(LoadTrouble value) {
            loadTrouble = value;
            return this;
        }

        /**
         * Sets which scenes have simulations that are not baked. Where some have, the farm has a store of scenes, so that a node that bakes
         * can bake for all.
         *
         * @param value default {@link UnbakedScenes#NONE}
         * @return this builder
         */
        public Builder unbaked(UnbakedScenes value) {
            unbaked = value;
            return this;
        }

        /**
         * Sets the error in the progress within a frame that nodes report.
         *
         * @param relative the standard deviation as a part of the progress; default 0
         * @return this builder
         */
        public Builder progressNoise(double relative) {
            progressNoise = relative;
            return this;
        }

        /**
         * Sets how long a message takes from one machine to another.
         *
         * @param oneWay the time in one direction; default 1 ms
         * @return this builder
         */
        public Builder latency(Duration oneWay) {
            latency = oneWay;
            return this;
        }

        /**
         * Sets how long the store takes to keep something.
         *
         * @param value default none, as with a store in memory
         * @return this builder
         */
        public Builder storeLatency(Duration value) {
            storeLatency = value;
            return this;
        }

        /**
         * Sets how long the coordinator's own disk takes for a file.
         *
         * @param value default 1 ms
         * @return this builder
         */
        public Builder ioTime(Duration value) {
            ioTime = value;
            return this;
        }

        /**
         * Sets what goes wrong.
         *
         * @param value default nothing
         * @return this builder
         */
        public Builder faults(Faults value) {
            faults = value;
            return this;
        }

        /**
         * Sets the engine up, such as its splitter and its policies. What the simulator provides (transport, stores, loop, executors,
         * seed) must be left alone.
         *
         * @param value called for each coordinator that is started
         * @return this builder
         */
        public Builder engine(Consumer<RenderExecutorBuilder> value) {
            engine = value;
            return this;
        }

        /**
         * Does something while the farm runs, such as to cancel a job.
         *
         * @param at when, from the start
         * @param what done with the executor of the coordinator that leads then
         * @return this builder
         */
        public Builder at(Duration at, Consumer<RenderExecutor> what) {
            acts.add(new FarmPlan.Act(at, what));
            return this;
        }

        /**
         * Sets by when every job must have ended.
         *
         * @param value in virtual time; default 30 days
         * @return this builder
         */
        public Builder horizon(Duration value) {
            horizon = value;
            return this;
        }

        /**
         * Has a line written for each thing that happens.
         *
         * @param value default false
         * @return this builder
         */
        public Builder trace(boolean value) {
            trace = value;
            return this;
        }

        /**
         * Sets whether everything that the engine promises is checked after every step, which takes its time on large farms.
         *
         * @param value default true
         * @return this builder
         */
        public Builder checks(boolean value) {
            checks = value;
            return this;
        }

        /**
         * Makes the farm.
         *
         * @return a farm that can be run any number of times
         * @throws IllegalStateException if there are no nodes
         */
        public SimulatedFarm build() {
            if (nodes.isEmpty() && pools.isEmpty()) {
                throw new IllegalStateException("a farm needs nodes: add some, such as nodes(8, NodeSpec.USUAL)");
            }
            return new SimulatedFarm(new FarmPlan(
                    seed,
                    List.copyOf(nodes),
                    List.copyOf(pools),
                    costs,
                    memory,
                    bytes,
                    poison,
                    trouble,
                    loadTrouble,
                    unbaked,
                    progressNoise,
                    latency,
                    storeLatency,
                    ioTime,
                    faults,
                    engine,
                    List.copyOf(acts),
                    horizon,
                    trace,
                    checks));
        }
    }
}
