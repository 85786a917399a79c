package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.model.Waiting;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.StoreException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of a simulated farm: holds the world together and lets time pass. */
final class Simulation implements FarmPhysics, TimedFaults.Strikes {
    private static final long MOST_STEPS = 50_000_000;
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration AFTERMATH = Duration.ofMinutes(10);
    private static final Duration OLD_LIVES_ON = Duration.ofMinutes(5);

    /** What is the fault of a job, not of the node that says so. */
    private static final Set<FailureKind> OWN_FAULTS = EnumSet.of(
            FailureKind.INVALID_REQUEST,
            FailureKind.SCENE_UNREADABLE,
            FailureKind.SCENE_TOO_NEW,
            FailureKind.NO_CAMERA,
            FailureKind.NO_SUCH_SCENE,
            FailureKind.NO_SUCH_VIEW_LAYER,
            FailureKind.SCRIPTS_BLOCKED,
            FailureKind.UNSUPPORTED_SETTING,
            FailureKind.UNSUPPORTED_FORMAT,
            FailureKind.ENGINE_UNAVAILABLE,
            FailureKind.DENOISER_UNAVAILABLE,
            FailureKind.DEVICE_UNAVAILABLE,
            FailureKind.MISSING_FILES,
            FailureKind.SCRIPT_ERROR,
            FailureKind.PROGRAM_FAILED);

    private final FarmPlan plan;
    private final VirtualTime time = new VirtualTime();
    private final EventQueue events = new EventQueue(time);
    private final Randoms randoms;
    private final Trace trace;
    private final FaultDice dice;
    private final Network network;
    private final FirstViolation violation;
    private final Watch watch;
    private final StoreChecks books;
    private final SimStore store;
    private final SimOutputs outputs;
    private final SimScenes scenes;
    private final Set<Sha256> bakedScenes = new HashSet<>();
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimPool> pools = new ArrayList<>();
    private final List<Coordinator> coordinators = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private double doneWork;
    private long loads;
    private long steps;
    private int coordinatorsMade;
    private int actsLeft;
    private @Nullable Coordinator leader;

    Simulation(FarmPlan plan, List<Submission> submissions) {
        this.plan = plan;
        this.randoms = new Randoms(plan.seed());
        this.trace = new Trace(time, plan.trace());
        this.dice = new FaultDice(plan.faults(), time, randoms);
        this.network = new Network(events, dice, trace, plan.latency());
        this.violation = new FirstViolation(trace);
        this.watch = new Watch(time, trace, violation, plan.checks());
        this.outputs = new SimOutputs(dice);
        this.scenes = new SimScenes(outputs, dice);
        this.store = new SimStore(events, time, dice, trace, plan.storeLatency(), this::kept, watch::storeFenced);
        Map<URI, Integer> slots = new LinkedHashMap<>();
        Set<URI> listless = new HashSet<>();
        for (NodeSpec spec : plan.nodes()) {
            int number = nodes.size() + 1;
            SimNode node = new SimNode(number, spec, this, randoms.stream("node", number));
            nodes.add(node);
            network.connect(node);
            slots.put(node.address(), spec.slots());
            if (!spec.capabilities().contains(Capability.FRAMES)) {
                listless.add(node.address());
            }
        }
        for (PoolSpec spec : plan.pools()) {
            int number = pools.size() + 1;
            SimPool pool = new SimPool(number, spec, this, randoms.stream("pool", number));
            pools.add(pool);
            network.connect(pool);
            slots.put(pool.address(), spec.capacity());
        }
        if (plan.faults().rateOf(Fault.MISROUTED) > 0) {
            // Who is described by another node is taken for that one.
            int most = Collections.max(slots.values());
            slots.replaceAll((address, own) -> most);
            listless.addAll(listless.isEmpty() ? Set.of() : slots.keySet());
        }
        this.books = new StoreChecks(
                violation, outputs, slots, listless, plan.faults().has(Fault.WRONG_RESULT));
        for (Submission submission : submissions) {
            Client client = new Client(submission, time);
            clients.add(client);
            events.after(submission.at(), () -> ask(client));
        }
        actsLeft = plan.acts().size();
        plan.acts().forEach(act -> events.after(act.at(), () -> act(act)));
    }

    SimulationReport run() {
        startCoordinator();
        new TimedFaults(plan.faults(), events, time, dice, randoms, nodes, this);
        while (!isOver()) {
            next();
        }
        SimulationReport report = report();
        dice.allEnded();
        for (RenderResult result : report.results()) {
            violation.holds(result.state().hasEnded(), "job " + result.job() + " is said to end as " + result.state());
        }
        if (plan.checks()) {
            settle();
        }
        // Some calls are made, and late ones arrive, in the aftermath.
        return report.struckBy(dice.struck(), dice.scripted());
    }

    private boolean isOver() {
        for (Client client : clients) {
            if (!client.isDone()) {
                return false;
            }
        }
        return !plan.checks() || (actsLeft == 0 && books.allEnded());
    }

    /** Lets late messages arrive and whatever nobody awaits any more end: it must do no harm, and every slot must come back. */
    private void settle() {
        long end = time.nanos() + AFTERMATH.toNanos();
        while (time.nanos() < end && (events.next() < end || holdsSlots())) {
            next();
        }
        Coordinator last = leader;
        if (last != null) {
            for (FarmNode node : last.executor().nodes().list()) {
                violation.holds(
                        node.busy() == 0,
                        "slots of " + node.address().getHost() + " are held although every job has ended: "
                                + node.busy());
            }
            last.executor()
                    .jobs()
                    .forEach(job -> violation.holds(job.state().hasEnded(), "job " + job.id() + " has not ended"));
        }
        look();
    }

    private boolean holdsSlots() {
        Coordinator last = leader;
        return last != null && last.executor().nodes().list().stream().anyMatch(node -> node.busy() > 0);
    }

    /** Lets one thing happen. */
    private void next() {
        if (++steps > MOST_STEPS) {
            throw broken("the farm goes round in circles: " + MOST_STEPS + " steps and no end");
        }
        long event = events.next();
        Coordinator first = null;
        long timer = Long.MAX_VALUE;
        for (Coordinator coordinator : coordinators) {
            long its = coordinator.nextTimer();
            if (its < timer) {
                timer = its;
                first = coordinator;
            }
        }
        long at = Math.min(event, timer);
        if (at == Long.MAX_VALUE) {
            throw broken("nothing will ever happen any more, and not every job has ended");
        }
        if (at > plan.horizon().toNanos()) {
            throw broken("not every job has ended after " + plan.horizon());
        }
        if (event <= timer || first == null) {
            events.runNext();
        } else {
            time.advanceTo(Math.max(timer, time.nanos()));
            first.step();
        }
        look();
        Coordinator now = leader;
        if (now != null && now.isDead()) {
            coordinators.remove(now);
            leader = null;
            events.after(dice.span(Fault.COORDINATOR_CRASH, 0.05, 30), this::startCoordinator);
        }
    }

    private void look() {
        String found = violation.firstBroken();
        if (found != null) {
            throw broken(found);
        }
    }

    private void kept(JobTransition transition) {
        books.kept(transition);
        watch.kept(transition);
    }

    private void startCoordinator() {
        int number = ++coordinatorsMade;
        Loop loop = new Loop(time, problem -> violation.broken("a task of the engine failed: " + problem));
        Coordinator coordinator = new Coordinator(number, loop, events, dice, trace, plan.ioTime(), this::stepped);
        RenderExecutorBuilder builder = RenderExecutor.builder()
                .transport(new SimTransport(network, coordinator, outputs, watch))
                .store(store.session(coordinator))
                .outputs(outputs)
                .loop(loop)
                .io(coordinator.io())
                .callbacks(coordinator.callbacks())
                .seed(Randoms.mix(plan.seed(), number));
        nodes.forEach(node -> builder.target(node.target()));
        pools.forEach(pool -> builder.target(pool.target()));
        if (plan.unbaked() != UnbakedScenes.NONE) {
            builder.scenes(scenes);
        }
        plan.engine().accept(builder);
        try {
            coordinator.runs(builder.build());
        } catch (StoreException e) {
            trace.add(coordinator.name(), "cannot open the store");
            events.after(ASK_AGAIN, this::startCoordinator);
            return;
        }
        trace.add(coordinator.name(), "leads, epoch " + store.epoch());
        coordinators.add(coordinator);
        leader = coordinator;
        watch.leads(coordinator, store.epoch());
        coordinator.step();
        if (plan.checks() && coordinator.isAwake()) {
            books.takenUp(coordinator.executor().jobs());
        }
        clients.stream().filter(Client::hasBegun).forEach(this::ask);
    }

    /** A coordinator has done what was due. */
    private void stepped(Coordinator coordinator) {
        if (plan.checks()) {
            watch.stepped(coordinator);
            if (coordinator == leader) {
                List<RenderJob> jobs = coordinator.executor().jobs();
                books.shown(jobs);
                if (coordinator.loop().isIdle()) {
                    jobs.forEach(job -> waitsForAReason(coordinator, job));
                }
            }
        }
    }

    /** Nothing is left to do in this step: whatever waits says why, and nothing waits that could begin. */
    private void waitsForAReason(Coordinator coordinator, RenderJob job) {
        if (job.state().hasEnded() || job.waiting().isEmpty()) {
            return;
        }
        Waiting waiting = coordinator
                .executor()
                .job(job.id())
                .flatMap(RenderHandle::waitingFor)
                .orElse(null);
        violation.holds(waiting != null, "job " + job.id() + " waits without a reason");
        if (waiting != null) {
            violation.holds(
                    waiting.causes().stream().noneMatch(cause -> cause.kind() == Waiting.Kind.ABOUT_TO_BEGIN),
                    "job " + job.id() + " waits although it could begin: " + waiting);
        }
    }

    private void ask(Client client) {
        Coordinator now = leader;
        if (client.isDone()) {
            return;
        }
        if (now == null || !knowsWhatItWaitsFor(client)) {
            events.after(ASK_AGAIN, () -> ask(client));
            return;
        }
        String wrong = client.turnTo(
                now,
                client.job() == null
                        ? requestOf(client.submission())
                        : client.submission().request(),
                () -> events.after(client.job() == null ? ASK_AGAIN : Duration.ZERO, () -> ask(client)));
        if (wrong != null) {
            throw broken(wrong);
        }
        if (now.isAwake()) {
            now.step();
        }
    }

    private boolean knowsWhatItWaitsFor(Client client) {
        Submission submission = client.submission();
        return client.job() != null
                || (idsOf(submission.after()).size() == submission.after().size()
                        && idsOf(submission.afterFrames()).size()
                                == submission.afterFrames().size());
    }

    /** The ids of the jobs that were submitted at some places of the list, as far as they have been acknowledged. */
    private Set<JobId> idsOf(Set<Integer> places) {
        return places.stream()
                .flatMap(place -> Stream.ofNullable(clients.get(place).job()))
                .collect(Collectors.toSet());
    }

    private RenderRequest requestOf(Submission submission) {
        RenderRequest request = submission.request();
        if (!submission.after().isEmpty()) {
            request = request.after(idsOf(submission.after()));
        }
        return submission.afterFrames().isEmpty() ? request : request.afterFrames(idsOf(submission.afterFrames()));
    }

    /** What people do, they do at a coordinator that is awake. */
    private void act(FarmPlan.Act act) {
        Coordinator now = leader;
        if (now == null || !now.isAwake()) {
            events.after(ASK_AGAIN, () -> act(act));
            return;
        }
        actsLeft--;
        watch.disturbed(0);
        act.what().accept(now.executor());
        now.step();
    }

    // What strikes others than nodes.

    @Override
    public void clockJump(Duration by) {
        trace.add("clock", "jumps by " + by);
        time.jumpClock(by);
    }

    @Override
    public void brokerAway(Duration lasting, DrawnFault strike) {
        pools.forEach(pool -> pool.brokerAway(lasting, strike));
    }

    @Override
    public void storeOutage(Duration lasting, DrawnFault strike) {
        store.outage(lasting, strike);
        watch.disturbed(lasting.toNanos());
    }

    @Override
    public void coordinatorFreeze(Duration lasting, DrawnFault strike) {
        Coordinator now = leader;
        if (now != null && now.isAwake()) {
            now.freeze();
            strike.strikes();
            watch.disturbed(lasting.toNanos());
            events.after(lasting, now::thaw);
        }
    }

    @Override
    public void takeover(Duration oldSleeps, DrawnFault strike) {
        Coordinator old = leader;
        if (old == null || old.isDead()) {
            return;
        }
        strike.strikes();
        if (old.isAwake()) {
            old.freeze();
        }
        events.after(oldSleeps, old::thaw);
        events.after(oldSleeps.plus(OLD_LIVES_ON), () -> {
            old.die();
            coordinators.remove(old);
        });
        leader = null;
        startCoordinator();
    }

    @Override
    public void nodeDown(SimNode node) {
        watch.restarted(node.address());
    }

    private SimulationFailure broken(String what) {
        return new SimulationFailure(
                what + " (seed " + plan.seed() + ", " + Duration.ofNanos(time.nanos()) + " after the start)",
                trace.lines());
    }

    private SimulationReport report() {
        double needed = 0;
        double dearest = 0;
        for (Client client : clients) {
            for (int frame : client.submission().request().frames()) {
                double cost = costOf(frame);
                needed += cost;
                dearest = Math.max(dearest, cost);
            }
        }
        double speed = 0;
        double fastest = 0;
        List<NodeSpec> all = new ArrayList<>(plan.nodes());
        plan.pools().forEach(pool -> all.addAll(pool.workers()));
        for (NodeSpec node : all) {
            speed += node.speed() * node.slots();
            fastest = Math.max(fastest, node.speed());
        }
        long from = clients.stream()
                .mapToLong(client -> client.submission().at().toNanos())
                .min()
                .orElse(0);
        long to = clients.stream().mapToLong(Client::endedAt).max().orElse(0);
        return new SimulationReport(
                plan.seed(),
                clients.stream().map(Client::result).toList(),
                clients.stream()
                        .map(client -> Duration.ofNanos(client.endedAt())
                                .minus(client.submission().at()))
                        .toList(),
                Duration.ofNanos(to - from),
                seconds(Math.max(needed / speed, dearest / fastest)),
                seconds(needed),
                seconds(doneWork),
                books.batches(),
                loads,
                network.calls(),
                dice.struck(),
                dice.scripted(),
                steps,
                trace.lines());
    }

    private static Duration seconds(double value) {
        return Duration.ofNanos(Math.round(value * 1e9));
    }

    @Override
    public EventQueue events() {
        return events;
    }

    @Override
    public long nanos() {
        return time.nanos();
    }

    @Override
    public Trace trace() {
        return trace;
    }

    @Override
    public FaultDice dice() {
        return dice;
    }

    @Override
    public double costOf(int frame) {
        return plan.costs().of(frame).toNanos() / 1e9;
    }

    @Override
    public long memoryOf(int frame) {
        return plan.memory().applyAsLong(frame);
    }

    @Override
    public long bytesOf(int frame) {
        return plan.bytes().applyAsLong(frame);
    }

    @Override
    public @Nullable Failure troubleWith(int frame, NodeSpec node) {
        if (plan.poison().contains(frame)) {
            return Failure.of(FailureKind.CRASHED, frame, "The renderer crashed in frame " + frame + ".");
        }
        return plan.trouble().with(frame, node);
    }

    @Override
    public @Nullable UnbakedSimulation unbaked(Scene scene) {
        boolean baked =
                scene instanceof Scene.Local local && local.sha256() != null && bakedScenes.contains(local.sha256());
        return baked ? null : plan.unbaked().in(scene);
    }

    @Override
    public Sha256 baked(Scene scene, String by) {
        Sha256 content = Pictures.of("baked " + scene + " by " + by, 0);
        bakedScenes.add(content);
        return content;
    }

    @Override
    public double progressNoise() {
        return plan.progressNoise();
    }

    @Override
    public RemoteRun.Plan plan(Assignment assignment, NodeSpec node) {
        int frames = assignment.frames().size();
        Failure unloadable = plan.loadTrouble().with(assignment, node);
        if (unloadable != null) {
            if (failsEverywhere(assignment)) {
                watch.hopeless(assignment.job());
            }
            return RemoteRun.Plan.failing(0, unloadable, DrawnFault.NONE);
        }
        boolean listable = node.capabilities().contains(Capability.FRAMES);
        DrawnFault partial = dice.draw(Fault.PARTIAL_RESULT);
        if (partial.isDue()) {
            int done = (int) (dice.size(Fault.PARTIAL_RESULT) * frames);
            return RemoteRun.Plan.failing(done, Failure.of(FailureKind.CRASHED, "The renderer crashed."), partial);
        }
        DrawnFault stalled = listable ? dice.draw(Fault.STALLED_BATCH) : DrawnFault.NONE;
        if (stalled.isDue()) {
            return RemoteRun.Plan.stalling((int) (dice.size(Fault.STALLED_BATCH) * frames), stalled);
        }
        DrawnFault wrong = listable ? dice.draw(Fault.WRONG_RESULT) : DrawnFault.NONE;
        if (wrong.isDue()) {
            return RemoteRun.Plan.claiming((int) (dice.size(Fault.WRONG_RESULT) * frames), wrong);
        }
        return RemoteRun.Plan.GOOD;
    }

    /** Whether the job itself is at fault: no node can render it, and each of them says so as soon as it has loaded the scene. */
    private boolean failsEverywhere(Assignment assignment) {
        return all().allMatch(node -> {
            Failure failure = plan.loadTrouble().with(assignment, node);
            boolean shows = node.capabilities().contains(Capability.FRAMES);
            boolean alike = node.engine().equals(all().findFirst().orElseThrow().engine());
            return failure != null && shows && alike && OWN_FAULTS.contains(failure.kind());
        });
    }

    private Stream<NodeSpec> all() {
        return Stream.concat(plan.nodes().stream(), plan.pools().stream().flatMap(pool -> pool.workers().stream()));
    }

    @Override
    public Sha256 digest(Scene.Local scene) {
        Sha256 digest = scene.sha256();
        return digest != null ? digest : Pictures.of(scene.file().toString(), 0);
    }

    @Override
    public void rendered(double seconds, int frame, boolean whole) {
        doneWork += seconds;
    }

    @Override
    public void loaded() {
        loads++;
    }
}
