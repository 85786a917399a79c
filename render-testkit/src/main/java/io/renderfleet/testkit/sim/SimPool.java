package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue with workers behind it: fencing and keys as of a node; batches wait their turn, and results say who did the work. A batch belongs to
 * the worker that has claimed it, until that one is silent for a lease; the time for which the broker is away does not count.
 */
final class SimPool extends FencedServer {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final String AWAY = "the broker is away";
    private static final String SILENT = "the worker does not answer";
    private static final Duration CLAIM = Duration.ofSeconds(1);

    private final PoolSpec spec;
    private final Target.Pool target;
    private final SplittableRandom random;
    private final Map<String, Ticket> tickets = new HashMap<>();
    private final Map<String, Ticket> byKey = new HashMap<>();
    private final Deque<Ticket> queue = new ArrayDeque<>();

    /** Idle workers; the one that has been idle for longest comes first. */
    private final Deque<Worker> idle = new ArrayDeque<>();

    private long awayUntil;
    private DrawnFault away = DrawnFault.NONE;

    /** Who renders. */
    private static final class Worker {
        private final NodeId id;
        private final NodeSpec spec;
        private @Nullable Scene warm;

        private Worker(NodeId id, NodeSpec spec) {
            this.id = id;
            this.spec = spec;
        }
    }

    /** A batch in the pool: it waits, runs, has ended, or was withdrawn before anybody began it. */
    private static final class Ticket {
        private final String id;
        private final Assignment assignment;
        private @Nullable RemoteRun run;
        private boolean withdrawn;

        /** Its worker is dead. */
        private boolean orphaned;

        /** And has been missed. */
        private boolean lost;

        private Ticket(String id, Assignment assignment) {
            this.id = id;
            this.assignment = assignment;
        }

        private boolean isHeld() {
            return !withdrawn && !lost && (run == null || !run.hasEnded());
        }
    }

    SimPool(int number, PoolSpec spec, FarmPhysics physics, SplittableRandom random) {
        super(new NodeId("pool" + number), physics);
        this.spec = spec;
        this.target = new Target.Pool(URI.create("sim://pool" + number), spec.capacity());
        this.random = random;
        for (NodeSpec worker : spec.workers()) {
            idle.add(new Worker(new NodeId(id + "-w" + (idle.size() + 1)), worker));
        }
    }

    Target.Pool target() {
        return target;
    }

    @Override
    public URI address() {
        return target.address();
    }

    @Override
    public NodeId id() {
        return id;
    }

    @Override
    public boolean receive(Runnable call) {
        call.run();
        return true;
    }

    @Override
    public boolean isAwake() {
        return true;
    }

    /** Nothing comes through to workers or from them, for so long from now on. */
    void brokerAway(Duration lasting, DrawnFault strike) {
        trace("has no broker for " + lasting.toMillis() + " ms");
        awayUntil = Math.max(awayUntil, physics.nanos() + lasting.toNanos());
        away = strike;
        physics.events().after(lasting, this::startWaiting);
    }

    /** Whether the broker is away, for somebody who needs it just now. */
    private boolean isAway() {
        boolean out = physics.nanos() < awayUntil;
        if (out) {
            away.strikes();
        }
        return out;
    }

    private int held() {
        return (int) tickets.values().stream().filter(Ticket::isHeld).count();
    }

    @Override
    public void describe(Consumer<DescribeOutcome> reply) {
        if (isAway()) {
            reply.accept(new DescribeOutcome.Unreachable(AWAY));
            return;
        }
        reply.accept(new DescribeOutcome.Described(new NodeDescription(
                id,
                id + "-boot",
                "sim",
                List.of(new EngineInfo("sim", "1")),
                spec.capacity(),
                held(),
                false,
                Map.of(),
                0,
                0,
                spec.capabilities())));
    }

    @Override
    public void submit(Assignment assignment, Consumer<SubmitOutcome> reply) {
        if (isAway()) {
            reply.accept(new SubmitOutcome.Unreachable(AWAY, false));
            return;
        }
        super.submit(assignment, reply);
        startWaiting();
    }

    @Override
    SubmitOutcome take(Assignment assignment) {
        if (!isCurrent(assignment.attempt())) {
            return new SubmitOutcome.Fenced();
        }
        Ticket ticket = byKey.get(assignment.key());
        if (ticket == null && lacksScene(assignment)) {
            return new SubmitOutcome.SceneMissing();
        }
        if (ticket == null && held() >= spec.capacity()) {
            return new SubmitOutcome.SlotsTaken(null);
        }
        if (ticket == null) {
            ticket = new Ticket(id + "-j" + (tickets.size() + 1), assignment);
            tickets.put(ticket.id, ticket);
            byKey.put(assignment.key(), ticket);
            enqueue(ticket);
        }
        return new SubmitOutcome.Accepted(new RemoteJob(target, ticket.id, id), PoolSpec.ASK_AGAIN);
    }

    private void enqueue(Ticket ticket) {
        DrawnFault overtakes = physics.dice().draw(Fault.POOL_REORDERED);
        if (overtakes.isDue() && !queue.isEmpty()) {
            overtakes.strikes();
            queue.addFirst(ticket);
        } else {
            queue.add(ticket);
        }
    }

    private void startWaiting() {
        while (physics.nanos() >= awayUntil && !idle.isEmpty() && !queue.isEmpty()) {
            deliver(idle.remove(), queue.remove());
        }
    }

    private void deliver(Worker worker, Ticket ticket) {
        if (physics.dice().strikes(Fault.POOL_REDELIVERED)) {
            trace(worker.id + " dies before it has claimed " + ticket.id);
            physics.events().after(LEASE, () -> {
                if (!ticket.withdrawn) {
                    queue.add(ticket);
                }
                isIdle(worker);
            });
            return;
        }
        DrawnFault doubled = physics.dice().draw(Fault.POOL_DOUBLED);
        if (doubled.isDue() && !idle.isEmpty()) {
            doubled.strikes();
            Worker other = idle.remove();
            trace(other.id + " gets " + ticket.id + " too");
            physics.events().after(CLAIM, () -> isIdle(other));
        }
        start(worker, ticket);
    }

    private void isIdle(Worker worker) {
        idle.add(worker);
        physics.events().after(Duration.ZERO, this::startWaiting);
    }

    private void start(Worker worker, Ticket ticket) {
        Assignment assignment = ticket.assignment;
        trace(worker.id + " begins " + ticket.id);
        SimulatedWork work = new SimulatedWork(physics, worker.spec, random, worker.id + "/" + ticket.id, worker.id);
        RemoteRun run = new RemoteRun(ticket.id, assignment, work, physics.plan(assignment, worker.spec), () -> {
            trace(worker.id + " has ended " + ticket.id);
            isIdle(worker);
        });
        ticket.run = run;
        boolean warm = assignment.scene().equals(worker.warm);
        worker.warm = assignment.scene();
        if (!warm) {
            physics.loaded();
        }
        run.begin(warm ? 0 : worker.spec.startUp().toNanos() / 1e9, warm, 1);
        DrawnFault loss = physics.dice().draw(Fault.POOL_WORKER_LOST);
        if (loss.isDue()) {
            long later = physics.dice().span(Fault.POOL_WORKER_LOST, 1, 120);
            physics.events().after(later, () -> dies(worker, ticket, run, loss));
        }
    }

    private void dies(Worker worker, Ticket ticket, RemoteRun run, DrawnFault loss) {
        if (run.hasEnded() || ticket.orphaned) {
            return;
        }
        loss.strikes();
        trace(worker.id + " dies, and with it " + ticket.id);
        ticket.orphaned = true;
        run.rate(0);
        worker.warm = null;
        physics.events().after(LEASE, () -> isMissed(ticket));
        physics.events().after(LEASE.multipliedBy(2), () -> isIdle(worker));
    }

    private void isMissed(Ticket ticket) {
        long now = physics.nanos();
        if (now < awayUntil) {
            // Who was not heard because nobody was has a whole lease from then on.
            physics.events().after(awayUntil - now + LEASE.toNanos(), () -> isMissed(ticket));
        } else {
            trace("misses the worker of " + ticket.id);
            ticket.lost = true;
        }
    }

    @Override
    public void poll(RemoteJob remote, Duration wait, @Nullable String etag, Consumer<PollOutcome> reply) {
        Ticket ticket = tickets.get(remote.id());
        if (ticket == null || ticket.lost) {
            reply.accept(new PollOutcome.Lost());
        } else if (isAway()) {
            reply.accept(new PollOutcome.Throttled(PoolSpec.ASK_AGAIN));
        } else if (ticket.run != null) {
            boolean holds = spec.capabilities().contains(Capability.LONG_POLL);
            ticket.run.poll(holds ? wait : Duration.ZERO, holds ? etag : null, PoolSpec.ASK_AGAIN, reply);
        } else if (ticket.withdrawn) {
            reply.accept(new PollOutcome.Ended(new BatchEnd(BatchEnd.State.CANCELLED, FrameSet.empty(), null), null));
        } else {
            reply.accept(new PollOutcome.Waiting(PoolSpec.ASK_AGAIN));
        }
    }

    @Override
    public void cancel(RemoteJob remote, AttemptId by, Consumer<CancelOutcome> reply) {
        Ticket ticket = tickets.get(remote.id());
        if (!spec.capabilities().contains(Capability.CANCEL)) {
            reply.accept(new CancelOutcome.Unsupported());
        } else if (isAway()) {
            reply.accept(new CancelOutcome.Unreachable(AWAY));
        } else if (ticket != null && ticket.orphaned && !ticket.lost) {
            reply.accept(new CancelOutcome.Unreachable(SILENT));
        } else if (!isCurrent(by)) {
            reply.accept(new CancelOutcome.Fenced());
        } else if (ticket == null || ticket.withdrawn || ticket.lost || (ticket.run != null && ticket.run.hasEnded())) {
            reply.accept(new CancelOutcome.Stopped());
        } else if (ticket.run == null) {
            trace("gives back " + ticket.id);
            ticket.withdrawn = true;
            queue.remove(ticket);
            reply.accept(new CancelOutcome.Stopped());
        } else {
            stop(ticket.run, reply);
        }
    }

    @Override
    public void shorten(RemoteJob remote, FrameSet keep, AttemptId by, Consumer<ShortenOutcome> reply) {
        reply.accept(new ShortenOutcome.Unsupported());
    }

    @Override
    public void frames(RemoteJob remote, Consumer<FramesOutcome> reply) {
        Ticket ticket = tickets.get(remote.id());
        if (ticket == null || ticket.lost) {
            reply.accept(new FramesOutcome.Lost());
        } else if (isAway() || ticket.orphaned) {
            reply.accept(new FramesOutcome.Unreachable(SILENT));
        } else {
            reply.accept(new FramesOutcome.Listed(ticket.run == null ? List.of() : ticket.run.outputs()));
        }
    }

    @Override
    public void fetchBaked(RemoteJob remote, BakedScene baked, Consumer<Fetched> reply) {
        reply.accept(new Fetched(new FetchOutcome.Lost(), null));
    }

    @Override
    public void fetch(RemoteJob remote, int frame, OutputFile file, Consumer<Fetched> reply) {
        Ticket ticket = tickets.get(remote.id());
        FrameOutput output = ticket == null || ticket.run == null ? null : ticket.run.output(frame);
        if (output == null) {
            reply.accept(new Fetched(new FetchOutcome.Lost(), null));
        } else if (physics.dice().strikes(Fault.FAILED_FETCH)) {
            reply.accept(new Fetched(new FetchOutcome.Unreachable("the connection broke"), null));
        } else {
            reply.accept(new Fetched(new FetchOutcome.Fetched(), output.main().sha256()));
        }
    }
}
