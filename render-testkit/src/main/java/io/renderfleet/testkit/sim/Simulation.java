package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a simulated farm: holds the world together and lets time pass. */
final class Simulation implements FarmPhysics {
    private static final long MOST_STEPS = 50_000_000;
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final FarmPlan plan;
    private final VirtualTime time = new VirtualTime();
    private final Agenda agenda = new Agenda(time);
    private final Randoms randoms;
    private final Trace trace;
    private final FaultDice dice;
    private final Network network;
    private final Watch watch;
    private final SimStore store;
    private final SimOutputs outputs;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<Coordinator> coordinators = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private double doneWork;
    private long steps;
    private @Nullable Coordinator leader;

    Simulation(FarmPlan plan, List<Submission> submissions) {
        this.plan = plan;
        this.randoms = new Randoms(plan.seed());
        this.trace = new Trace(time, plan.trace());
        this.dice = new FaultDice(plan.faults(), time, randoms);
        this.network = new Network(agenda, dice, trace, plan.latency());
        this.watch = new Watch();
        this.outputs = new SimOutputs(dice);
        this.store = new SimStore(agenda, time, dice, trace, plan.storeLatency(), watch::kept);
        for (NodeSpec spec : plan.nodes()) {
            int number = nodes.size() + 1;
            SimNode node = new SimNode(number, spec, this, randoms.stream("node", number));
            nodes.add(node);
            network.connect(node);
        }
        submissions.forEach(submission -> clients.add(new Client(submission, time)));
        for (int i = 0; i < clients.size(); i++) {
            Client client = clients.get(i);
            agenda.after(submissions.get(i).at(), () -> ask(client));
        }
        plan.acts().forEach(act -> agenda.after(act.at(), () -> act(act)));
    }

    SimulationReport run() {
        startCoordinator();
        while (!clients.stream().allMatch(Client::isDone)) {
            next();
        }
        return report();
    }

    /** Lets one thing happen. */
    private void next() {
        if (++steps > MOST_STEPS) {
            throw broken("the farm goes round in circles: " + MOST_STEPS + " steps and no end");
        }
        long event = agenda.next();
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
            agenda.runNext();
        } else {
            time.advanceTo(Math.max(timer, time.nanos()));
            first.step();
        }
    }

    private void startCoordinator() {
        int number = coordinators.size() + 1;
        Loop loop = new Loop(time);
        Coordinator coordinator = new Coordinator(number, loop, agenda, dice, trace, plan.ioTime(), () -> {});
        RenderExecutorBuilder builder = RenderExecutor.builder()
                .transport(new SimTransport(network, coordinator, outputs, watch))
                .store(store.session(coordinator))
                .outputs(outputs)
                .loop(loop)
                .io(coordinator.io())
                .callbacks(coordinator.callbacks())
                .seed(Randoms.mix(plan.seed(), number));
        nodes.forEach(node -> builder.target(node.target()));
        plan.engine().accept(builder);
        try {
            coordinator.runs(builder.build());
        } catch (StoreException e) {
            trace.add(coordinator.name(), "cannot open the store");
            agenda.after(ASK_AGAIN, this::startCoordinator);
            return;
        }
        trace.add(coordinator.name(), "leads, epoch " + store.epoch());
        coordinators.add(coordinator);
        leader = coordinator;
        coordinator.step();
        clients.stream().filter(client -> client.job() != null).forEach(this::ask);
    }

    private void ask(Client client) {
        Coordinator now = leader;
        if (now == null) {
            agenda.after(ASK_AGAIN, () -> ask(client));
            return;
        }
        String wrong = client.turnTo(now, () -> agenda.after(ASK_AGAIN, () -> ask(client)));
        if (wrong != null) {
            throw broken(wrong);
        }
        now.step();
    }

    private void act(FarmPlan.Act act) {
        Coordinator now = leader;
        if (now != null) {
            act.what().accept(now.executor());
            now.step();
        }
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
        for (NodeSpec node : plan.nodes()) {
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
                Duration.ofNanos(to - from),
                seconds(Math.max(needed / speed, dearest / fastest)),
                seconds(needed),
                seconds(doneWork),
                watch.batches(),
                network.calls(),
                steps,
                trace.lines());
    }

    private static Duration seconds(double value) {
        return Duration.ofNanos(Math.round(value * 1e9));
    }

    @Override
    public Agenda agenda() {
        return agenda;
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
    public boolean isPoison(int frame) {
        return plan.poison().contains(frame);
    }

    @Override
    public double progressNoise() {
        return plan.progressNoise();
    }

    @Override
    public RemoteRun.Plan plan(Assignment assignment, NodeSpec node) {
        int frames = assignment.frames().size();
        boolean listable = node.capabilities().contains(Capability.FRAMES);
        if (dice.strikes(Fault.PARTIAL_RESULT)) {
            int done = (int) (dice.size(Fault.PARTIAL_RESULT) * frames);
            return new RemoteRun.Plan(
                    done, Failure.of(FailureKind.CRASHED, "The renderer crashed."), Integer.MAX_VALUE);
        }
        if (listable && dice.strikes(Fault.WRONG_RESULT)) {
            return new RemoteRun.Plan(Integer.MAX_VALUE, null, (int) (dice.size(Fault.WRONG_RESULT) * frames));
        }
        return RemoteRun.Plan.GOOD;
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
}
