package io.renderfleet.testkit.sim;

import static io.renderfleet.core.model.Simulation.AUTO;
import static io.renderfleet.core.model.Simulation.BAKE;
import static io.renderfleet.core.model.Simulation.RUN_UP;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A small farm with all sorts of jobs, nodes and faults, drawn from a seed. Parts of it can be left away without changing the rest, to
 * find the smallest one that still shows a failure.
 *
 * @param seed which farm
 * @param nodes how many nodes at most
 * @param jobs how many jobs at most
 * @param frames how many frames a job at most
 * @param without which faults are left out
 * @param hands whether people pause, cancel and retry jobs
 * @param pool whether there may be a pool beside the nodes
 * @param longest when random faults end at the latest
 * @param engine sets engines up besides
 */
record MixedFarm(
        long seed,
        int nodes,
        int jobs,
        int frames,
        Set<Fault> without,
        boolean hands,
        boolean pool,
        Duration longest,
        Consumer<RenderExecutorBuilder> engine) {
    private static final int MOST_NODES = 6;
    private static final int MOST_JOBS = 4;
    private static final int MOST_FRAMES = 60;
    private static final double FAULT_IS_ON = 0.3;
    private static final Duration HORIZON = Duration.ofHours(12);
    private static final Duration STALL = Duration.ofMinutes(20);
    private static final Map<String, String> GPU = Map.of("gpu", "yes");

    /** Faults after which a frame, and so a job, may have failed for good. */
    private static final Set<Fault> MAY_FAIL = EnumSet.of(
            Fault.PARTIAL_RESULT,
            Fault.WRONG_RESULT,
            Fault.STALLED_BATCH,
            Fault.FAILED_FETCH,
            Fault.DAMAGED_FETCH,
            Fault.OUTPUT_ERROR);

    private static final double IS_DOOMED = 0.12;

    /** How jobs fail that fail on every node. */
    private static final List<FailureKind> DOOMS = List.of(
            FailureKind.SCENE_UNREADABLE,
            FailureKind.NO_CAMERA,
            FailureKind.SCRIPTS_BLOCKED,
            FailureKind.SCENE_TOO_NEW,
            FailureKind.UNSUPPORTED_SETTING,
            FailureKind.DEVICE_UNAVAILABLE,
            FailureKind.MISSING_FILES,
            FailureKind.SCRIPT_ERROR,
            FailureKind.PROGRAM_FAILED,
            FailureKind.CRASHED,
            FailureKind.HUNG);

    private static final String DOOM = "It cannot be rendered.";

    static MixedFarm of(long seed) {
        return new MixedFarm(seed, MOST_NODES, MOST_JOBS, MOST_FRAMES, Set.of(), true, true, HORIZON, builder -> {});
    }

    MixedFarm without(Fault fault) {
        Set<Fault> more = EnumSet.of(fault);
        more.addAll(without);
        return new MixedFarm(seed, nodes, jobs, frames, Set.copyOf(more), hands, pool, longest, engine);
    }

    MixedFarm withoutHands() {
        return new MixedFarm(seed, nodes, jobs, frames, without, false, pool, longest, engine);
    }

    MixedFarm atMost(int fewerNodes, int fewerJobs, int fewerFrames) {
        return new MixedFarm(seed, fewerNodes, fewerJobs, fewerFrames, without, hands, pool, longest, engine);
    }

    MixedFarm withoutPool() {
        return new MixedFarm(seed, nodes, jobs, frames, without, hands, false, longest, engine);
    }

    MixedFarm until(Duration sooner) {
        return new MixedFarm(seed, nodes, jobs, frames, without, hands, pool, sooner, engine);
    }

    MixedFarm engine(Consumer<RenderExecutorBuilder> setUp) {
        return new MixedFarm(seed, nodes, jobs, frames, without, hands, pool, longest, setUp);
    }

    Duration faultsEnd() {
        return faults().until();
    }

    private SplittableRandom random(String what, long number) {
        return new Randoms(seed).stream("mixed " + what, number);
    }

    int actualNodes() {
        return Math.min(nodes, 1 + random("nodes", 0).nextInt(MOST_NODES));
    }

    int actualJobs() {
        return Math.min(jobs, 1 + random("jobs", 0).nextInt(MOST_JOBS));
    }

    SimulationReport run(boolean trace) {
        SplittableRandom random = random("farm", 0);
        Faults faults = faults();
        BatchSplitter splitter = splitter(random.nextInt(6), 1 + random.nextInt(8));
        List<FarmNotice.NodeQuarantined> quarantines = new ArrayList<>();
        SimulatedFarm.Builder farm = SimulatedFarm.builder()
                .seed(seed)
                .frames(FrameCosts.logNormal(
                        Duration.ofMillis(500 + random.nextInt(10_000)), random.nextDouble(), seed))
                .latency(Duration.ofNanos((long) (500_000 * Math.pow(200, random.nextDouble()))))
                .storeLatency(random.nextDouble() < 0.3 ? Duration.ZERO : Duration.ofMillis(1 + random.nextInt(20)))
                .ioTime(Duration.ofMillis(1 + random.nextInt(10)))
                .progressNoise(0.2 * random.nextDouble())
                .poison(poisonIsNamed() ? poison() : Set.of())
                .trouble((frame, node) -> trouble(frame))
                .frameMemory(frame -> isHungry(frame) ? 20L << 30 : 1 << 30)
                .faults(faults)
                .loadTrouble((assignment, node) -> doomOf(assignment))
                .unbaked(unbaked())
                .engine(builder -> engine.accept(builder.splitter(splitter)
                        .stallTimeout(STALL)
                        .listener(new RenderListener() {
                            @Override
                            public void onNotice(FarmNotice notice) {
                                if (notice instanceof FarmNotice.NodeQuarantined quarantined) {
                                    quarantines.add(quarantined);
                                }
                            }
                        })))
                .horizon(HORIZON)
                .trace(trace);
        for (int i = 0; i < actualNodes(); i++) {
            farm.node(node(i));
        }
        if (pool && random("pool", 0).nextDouble() < 0.15) {
            farm.pool(somePool());
        }
        if (hands) {
            hands(farm, faults);
        }
        List<Submission> submissions = submissions();
        SimulationReport report = farm.build().run(submissions);
        quarantines.stream()
                .filter(quarantine -> quarantine.cause().equals(DOOM))
                .findFirst()
                .ifPresent(quarantine -> {
                    throw new SimulationFailure(
                            "node " + quarantine.node() + " is quarantined for what a job did (seed " + seed + ")",
                            report.trace());
                });
        for (int i = 0; i < submissions.size(); i++) {
            if (isDoomed(i)) {
                checkDoomed(report.results().get(i), report);
            } else if (mayComplete(submissions.get(i), report.results())) {
                check(report.results().get(i), faults, report);
            }
        }
        return report;
    }

    private static BatchSplitter splitter(int which, int size) {
        return switch (which) {
            case 0 -> BatchSplitters.fixed(size);
            case 1 -> BatchSplitters.guided(size);
            case 2 -> BatchSplitters.ofDefaults();
            default -> BatchSplitters.adaptive();
        };
    }

    private Set<Integer> poison() {
        SplittableRandom random = random("poison", 0);
        return random.nextDouble() < 0.1 ? Set.of(1 + random.nextInt(20), 1 + random.nextInt(20) + 20) : Set.of();
    }

    /** Whether the renderer says which frame it was that it crashed in. */
    private boolean poisonIsNamed() {
        return random("poison", 1).nextDouble() < 0.5;
    }

    private @Nullable Failure trouble(int frame) {
        boolean crashes = !poisonIsNamed() && poison().contains(frame);
        return crashes ? Failure.of(FailureKind.CRASHED, "The renderer crashed.") : null;
    }

    /** In some farms one of the scenes that are sent has a simulation that is not baked. */
    private UnbakedScenes unbaked() {
        SplittableRandom random = random("unbaked", 0);
        if (random.nextDouble() >= 0.25) {
            return UnbakedScenes.NONE;
        }
        double seconds = 0.02 * Math.pow(100, random.nextDouble());
        UnbakedSimulation simulation = new UnbakedSimulation(1, 20 + random.nextInt(60), seconds);
        return scene -> scene instanceof Scene.Local local && local.file().endsWith("shot-1.blend") ? simulation : null;
    }

    private static ScenePolicy policy(SplittableRandom random) {
        double drawn = random.nextDouble();
        return new ScenePolicy(drawn < 0.4 ? BAKE : drawn < 0.8 ? AUTO : RUN_UP, MissingFiles.FAIL, Set.of());
    }

    private PoolSpec somePool() {
        SplittableRandom random = random("pool", 1);
        List<NodeSpec> workers = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            workers.add(NodeSpec.ofSpeed(0.3 * Math.pow(10, random.nextDouble())));
        }
        return PoolSpec.of(1 + random.nextInt(6), workers);
    }

    private static boolean mayComplete(Submission submission, List<RenderResult> results) {
        return Stream.concat(submission.after().stream(), submission.afterFrames().stream())
                .allMatch(place -> results.get(place).state() == JobState.COMPLETED);
    }

    private boolean isHungry(int frame) {
        return frame % 7 == 3 && random("memory", 0).nextDouble() < 0.1;
    }

    private NodeSpec node(int number) {
        SplittableRandom random = random("node", number);
        NodeSpec spec = NodeSpec.ofSpeed(0.3 * Math.pow(10, random.nextDouble()))
                .slots(random.nextDouble() < 0.7 ? 1 : 2 + random.nextInt(2))
                .startUp(Duration.ofMillis(random.nextDouble() < 0.5 ? 0 : random.nextInt(5_000)))
                .labels(number == 0 || random.nextDouble() < 0.3 ? GPU : Map.of())
                .memoryBytes(number == 0 || random.nextDouble() < 0.3 ? 64L << 30 : 16L << 30);
        double told = random("told", number).nextDouble();
        spec = told < 0.3 ? spec.tells(0) : told < 0.6 ? spec.tells(3) : spec;
        if (random("bakes", number).nextDouble() < 0.6) {
            spec = spec.capabilities(EnumSet.allOf(Capability.class));
        }
        double kind = random.nextDouble();
        if (number > 0 && kind < 0.04) {
            return spec.capabilities(Set.of()).slots(1).labels(Map.of());
        }
        if (kind < 0.2) {
            Set<Capability> some = EnumSet.allOf(Capability.class);
            some.removeIf(capability -> capability != Capability.SCENES && random.nextDouble() < 0.4);
            return spec.capabilities(some);
        }
        return spec;
    }

    private List<Submission> submissions() {
        List<Submission> all = new ArrayList<>();
        for (int i = 0; i < actualJobs(); i++) {
            SplittableRandom random = random("job", i);
            int count = Math.min(frames, 1 + random.nextInt(MOST_FRAMES));
            int first = 1 + random.nextInt(20);
            FrameSet wanted = random.nextDouble() < 0.2
                    ? FrameSet.parse(first + "-" + (first + 3 * count - 1) + "x3")
                    : FrameSet.range(first, first + count - 1);
            boolean sent = random.nextDouble() < 0.3;
            String file = sceneOf(i, random);
            Scene scene = sent ? new Scene.Local(Path.of(file), null, Pictures.of("scene", i)) : Scene.onNodes(file);
            RenderRequest request =
                    RenderRequest.of(scene, wanted).name("job " + i).priority(random.nextInt(11) - 5);
            request = request.scenePolicy(policy(random("simulation", i)));
            if (random.nextDouble() < 0.2) {
                request = request.batchSize(1 + random.nextInt(10));
            }
            if (random.nextDouble() < 0.15) {
                request = request.requires(GPU);
            }
            if (random.nextDouble() < 0.1) {
                request = request.maxRunning(1 + random.nextInt(3));
            }
            long at = random.nextDouble() < 0.5 ? 0 : random.nextInt(60_000);
            Submission submission = new Submission(Duration.ofMillis(at), request);
            double dependent = random.nextDouble();
            if (i > 0 && dependent < 0.1) {
                submission = submission.after(i - 1);
            } else if (i > 0 && dependent < 0.2) {
                submission = submission.afterFrames(i - 1);
            }
            all.add(submission);
        }
        return all;
    }

    private Faults faults() {
        SplittableRandom random = random("faults", 0);
        Duration end = Duration.ofSeconds(120 + random.nextInt(900));
        Faults faults = Faults.none().until(end.compareTo(longest) < 0 ? end : longest);
        for (Fault fault : Fault.values()) {
            SplittableRandom own = random("fault", fault.name().hashCode());
            boolean on = own.nextDouble() < FAULT_IS_ON && !without.contains(fault);
            double size = own.nextDouble();
            if (on) {
                faults = faults.rate(fault, rate(fault, size));
            }
        }
        return faults;
    }

    private static double rate(Fault fault, double size) {
        return switch (fault) {
            case COORDINATOR_CRASH -> 0.0003 * Math.pow(30, size);
            case TAKEOVER, COORDINATOR_FREEZE, STORE_OUTAGE, CLOCK_JUMP, BROKER_AWAY -> Math.pow(60, size);
            case STORE_ERROR, STORE_LOST_ANSWER, STORE_SLOW -> 0.002 * Math.pow(50, size);
            // Few farms have a pool.
            case POOL_REORDERED, POOL_REDELIVERED, POOL_DOUBLED, POOL_WORKER_LOST -> 0.02 * Math.pow(20, size);
            case PARTIAL_RESULT, WRONG_RESULT, STALLED_BATCH -> 0.01 * Math.pow(20, size);
            default -> fault.isPerHour() ? Math.pow(60, size) : 0.001 * Math.pow(50, size);
        };
    }

    private void hands(SimulatedFarm.Builder farm, Faults faults) {
        SplittableRandom random = random("hands", 0);
        int count = random.nextDouble() < 0.4 ? 1 + random.nextInt(4) : 0;
        for (int i = 0; i < count; i++) {
            Duration at = Duration.ofMillis(random.nextInt(120_000));
            int job = random.nextInt(MOST_JOBS);
            int what = random.nextInt(5);
            int priority = random.nextInt(21) - 10;
            farm.at(at, executor -> {
                List<RenderJob> jobs = executor.jobs();
                if (!jobs.isEmpty()) {
                    executor.job(jobs.get(job % jobs.size()).id()).ifPresent(handle -> lay(handle, what, priority));
                }
            });
        }
        // Nobody leaves a job paused for ever.
        for (int minute = 1; count > 0 && minute <= 3; minute++) {
            farm.at(faults.until().plus(Duration.ofMinutes(minute)), MixedFarm::resumeAll);
        }
    }

    private static void lay(RenderHandle handle, int what, int priority) {
        switch (what) {
            case 0 -> handle.cancel();
            case 1 -> handle.pause();
            case 2 -> handle.resume();
            case 3 -> handle.priority(priority);
            default -> handle.retry();
        }
    }

    private static void resumeAll(RenderExecutor executor) {
        executor.jobs().forEach(job -> executor.job(job.id()).ifPresent(RenderHandle::resume));
    }

    private boolean isDoomed(int job) {
        return random("doomed", job).nextDouble() < IS_DOOMED;
    }

    private String sceneOf(int job, SplittableRandom random) {
        String usual = "shot-" + random.nextInt(2) + ".blend";
        SplittableRandom doom = random("doom", job);
        return isDoomed(job)
                ? "doomed " + DOOMS.get(doom.nextInt(DOOMS.size())) + (doom.nextBoolean() ? " named" : "")
                : usual;
    }

    /** How a batch fails whose job fails everywhere, as its scene's name says. */
    private static @Nullable Failure doomOf(Assignment assignment) {
        String scene = assignment.scene() instanceof Scene.Local local
                ? local.file().toString()
                : assignment.scene() instanceof Scene.OnNodes there ? there.name() : "";
        if (!scene.startsWith("doomed ")) {
            return null;
        }
        String[] words = scene.split(" ", -1);
        FailureKind kind = FailureKind.fromWire(words[1]);
        return words.length > 2 ? Failure.of(kind, assignment.frames().first(), DOOM) : Failure.of(kind, DOOM);
    }

    private void checkDoomed(RenderResult result, SimulationReport report) {
        boolean over = result.state() == JobState.FAILED || (result.state() == JobState.CANCELLED && hands);
        if (!over || !result.frames().isEmpty()) {
            throw new SimulationFailure(
                    "job " + result.job() + " is " + result.state() + " although nobody can render it (seed " + seed
                            + ")",
                    report.trace());
        }
    }

    private void check(RenderResult result, Faults faults, SimulationReport report) {
        Set<Fault> on = faults.kinds();
        boolean mayFail = on.stream().anyMatch(MAY_FAIL::contains);
        boolean wrong = false;
        if (result.state() == JobState.FAILED && !mayFail) {
            Set<Integer> bad = new TreeSet<>();
            result.failed().forEach(bad::add);
            bad.removeAll(poison());
            if (on.contains(Fault.TAKEOVER) || on.contains(Fault.COORDINATOR_CRASH) || on.contains(Fault.MISROUTED)) {
                // How much memory a job needs is learned anew by each coordinator, and of a node that another one
                // describes wrongly.
                bad.removeIf(this::isHungry);
            }
            wrong = !bad.isEmpty() || result.failed().isEmpty();
        }
        if (wrong || (result.state() == JobState.CANCELLED && !hands)) {
            throw new SimulationFailure(
                    "job " + result.job() + " is " + result.state() + " although nothing is wrong with it: "
                            + result.failure() + ", failed " + result.failed() + " (seed " + seed + ")",
                    report.trace());
        }
    }

    @Override
    public String toString() {
        return "seed " + seed + " with " + actualNodes() + " nodes, " + actualJobs() + " jobs, at most " + frames
                + " frames a job, " + (hands ? "" : "no hands, ") + "faults until "
                + faultsEnd() + ": " + faults().kinds();
    }

    Set<Fault> faultsThatAreOn() {
        return faults().kinds();
    }
}
