package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
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
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node as the protocol describes it: fencing, then the key, then drain and slots; a table of batches; frames to fetch. */
final class SimNode extends FencedServer {
    private final NodeSpec spec;
    private final Target.Machine target;
    private final SplittableRandom random;
    private final Map<String, RemoteRun> runs = new LinkedHashMap<>();
    private final Map<String, RemoteRun> byKey = new LinkedHashMap<>();
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private final List<Slot> slots = new ArrayList<>();
    private int boots = 1;
    private int made;
    private double rate = 1;
    private double slowness = 1;
    private boolean down;
    private boolean frozen;
    private boolean draining;
    private long throttledUntil;
    private long busyUntil;
    private @Nullable Duration stormRetryAfter;
    private @Nullable Duration farRetryAfter;
    private boolean farThrottle;
    private DrawnFault drain = DrawnFault.NONE;
    private DrawnFault throttleStorm = DrawnFault.NONE;
    private DrawnFault busyStorm = DrawnFault.NONE;
    private DrawnFault far = DrawnFault.NONE;

    /** A place for one batch; it is warm for the scene that it rendered last. */
    private static final class Slot {
        private @Nullable RemoteRun run;
        private @Nullable Scene warm;
    }

    SimNode(int number, NodeSpec spec, FarmPhysics physics, SplittableRandom random) {
        super(new NodeId("n" + number), physics);
        this.spec = spec;
        this.target = new Target.Machine(URI.create("sim://n" + number));
        this.random = random;
        for (int i = 0; i < spec.slots(); i++) {
            slots.add(new Slot());
        }
    }

    NodeSpec spec() {
        return spec;
    }

    Target.Machine target() {
        return target;
    }

    @Override
    public URI address() {
        return target.address();
    }

    @Override
    public @Nullable NodeId id() {
        return spec.capabilities().isEmpty() ? null : id;
    }

    // How it is.

    @Override
    public boolean receive(Runnable call) {
        if (down) {
            return false;
        }
        if (frozen) {
            inbox.add(call);
        } else {
            call.run();
        }
        return true;
    }

    @Override
    public boolean isAwake() {
        return !frozen;
    }

    void crash(boolean keepsTable, Duration lasting, DrawnFault strike) {
        if (down) {
            return;
        }
        strike.strikes();
        trace((keepsTable ? "is restarted, back in " : "crashes, back in ") + lasting.toMillis() + " ms");
        down = true;
        frozen = false;
        inbox.clear();
        slots.forEach(slot -> {
            slot.run = null;
            slot.warm = null;
        });
        updateRate();
        for (RemoteRun run : List.copyOf(runs.values())) {
            run.interrupted();
        }
        if (!keepsTable) {
            runs.clear();
            byKey.clear();
        }
        physics.events().after(lasting, () -> {
            down = false;
            boots++;
            draining = false;
            trace("is up again, boot " + boots);
        });
    }

    void freeze(Duration lasting, DrawnFault strike) {
        if (down || frozen) {
            return;
        }
        strike.strikes();
        trace("freezes for " + lasting.toMillis() + " ms");
        frozen = true;
        updateRate();
        int boot = boots;
        physics.events().after(lasting, () -> {
            if (!frozen || boots != boot) {
                return;
            }
            frozen = false;
            trace("goes on");
            updateRate();
            List<Runnable> waiting = List.copyOf(inbox);
            inbox.clear();
            waiting.forEach(this::receive);
        });
    }

    void slowDown(double factor, Duration lasting, DrawnFault strike) {
        trace("is slower by " + factor + " for " + lasting.toMillis() + " ms");
        slowness *= factor;
        if (!down) {
            strike.strikes();
        }
        updateRate();
        physics.events().after(lasting, () -> {
            slowness /= factor;
            updateRate();
        });
    }

    void drain(Duration lasting, DrawnFault strike) {
        trace("drains for " + lasting.toMillis() + " ms");
        draining = true;
        drain = strike;
        physics.events().after(lasting, () -> draining = false);
    }

    void throttle(Duration lasting, @Nullable Duration retryAfter, DrawnFault strike) {
        trace("answers 429 for " + lasting.toMillis() + " ms, Retry-After " + retryAfter);
        throttledUntil = physics.nanos() + lasting.toNanos();
        throttleStorm = strike;
        stormRetryAfter = retryAfter;
    }

    void busy(Duration lasting, @Nullable Duration retryAfter, DrawnFault strike) {
        trace("answers 503 for " + lasting.toMillis() + " ms, Retry-After " + retryAfter);
        busyUntil = physics.nanos() + lasting.toNanos();
        busyStorm = strike;
        stormRetryAfter = retryAfter;
    }

    void askToBeLeftAlone(Duration retryAfter, boolean by429, DrawnFault strike) {
        trace("answers " + (by429 ? 429 : 503) + " once, Retry-After " + retryAfter);
        farRetryAfter = retryAfter;
        farThrottle = by429;
        far = strike;
    }

    private void updateRate() {
        rate = frozen ? 0 : 1 / slowness;
        for (Slot slot : slots) {
            if (slot.run != null) {
                slot.run.rate(rate);
            }
        }
    }

    private boolean throttles() {
        return physics.nanos() < throttledUntil;
    }

    /** Whether a call is answered by a 429 because of a storm. */
    private boolean throttlesNow() {
        if (throttles()) {
            throttleStorm.strikes();
        }
        return throttles();
    }

    private boolean drainsNow() {
        if (draining) {
            drain.strikes();
        }
        return draining;
    }

    private boolean isBusyElsewhere() {
        boolean busy = physics.nanos() < busyUntil;
        if (busy) {
            busyStorm.strikes();
        }
        return busy;
    }

    private boolean throttles(CallKind call) {
        return throttlesNow() || physics.dice().strikes(Fault.THROTTLED, call);
    }

    private @Nullable Duration retryAfter() {
        return stormRetryAfter;
    }

    /** Outside of a storm it does not say for how long. */
    private @Nullable Duration throttledFor() {
        return throttles() ? retryAfter() : null;
    }

    // What it answers.

    @Override
    public void describe(Consumer<DescribeOutcome> reply) {
        if (throttlesNow()) {
            reply.accept(new DescribeOutcome.Throttled(retryAfter()));
        } else if (spec.capabilities().isEmpty()) {
            reply.accept(new DescribeOutcome.Anonymous());
        } else {
            reply.accept(new DescribeOutcome.Described(new NodeDescription(
                    id,
                    id + "-boot-" + boots,
                    "sim",
                    List.of(spec.engine()),
                    spec.slots(),
                    busy(),
                    drainsNow(),
                    spec.labels(),
                    8,
                    spec.memoryBytes(),
                    spec.capabilities())));
        }
    }

    private int busy() {
        return (int) slots.stream().filter(slot -> slot.run != null).count();
    }

    @Override
    SubmitOutcome take(Assignment assignment) {
        if (!isCurrent(assignment.attempt())) {
            return new SubmitOutcome.Fenced();
        }
        RemoteRun known = byKey.get(assignment.key());
        if (known != null) {
            return accepted(known);
        }
        Duration days = farRetryAfter;
        if (days != null) {
            farRetryAfter = null;
            far.strikes();
            return farThrottle ? new SubmitOutcome.Throttled(days) : new SubmitOutcome.SlotsTaken(days);
        }
        if (throttlesNow()) {
            return new SubmitOutcome.Throttled(retryAfter());
        }
        if (drainsNow()) {
            return new SubmitOutcome.Draining(null);
        }
        if (lacksScene(assignment)) {
            return new SubmitOutcome.SceneMissing();
        }
        Slot slot = isBusyElsewhere() ? null : freeSlot(assignment.scene());
        if (slot == null) {
            return new SubmitOutcome.SlotsTaken(retryAfter());
        }
        String runId = id + "-j" + ++made;
        RemoteRun run = new RemoteRun(runId, assignment, work(runId), physics.plan(assignment, spec), () -> {
            slot.run = null;
            trace("has ended " + runId);
        });
        runs.put(runId, run);
        byKey.put(assignment.key(), run);
        boolean warm = assignment.scene().equals(slot.warm);
        slot.run = run;
        slot.warm = assignment.scene();
        if (!warm) {
            physics.loaded();
        }
        run.begin(warm ? 0 : spec.startUp().toNanos() / 1e9, warm, rate);
        return accepted(run);
    }

    private SimulatedWork work(String runId) {
        return new SimulatedWork(physics, spec, random, id + "/" + boots + "/" + runId, null);
    }

    private SubmitOutcome accepted(RemoteRun run) {
        return new SubmitOutcome.Accepted(new RemoteJob(target, run.id(), id()), Duration.ofSeconds(1));
    }

    private @Nullable Slot freeSlot(Scene scene) {
        Slot free = null;
        for (Slot slot : slots) {
            if (slot.run == null && (free == null || scene.equals(slot.warm))) {
                free = slot;
            }
        }
        return free;
    }

    @Override
    public void poll(RemoteJob remote, Duration wait, @Nullable String etag, Consumer<PollOutcome> reply) {
        RemoteRun run = runs.get(remote.id());
        if (throttles(CallKind.POLL)) {
            reply.accept(new PollOutcome.Throttled(throttledFor()));
        } else if (run == null) {
            reply.accept(new PollOutcome.Lost());
        } else {
            boolean holds = spec.capabilities().contains(Capability.LONG_POLL);
            run.poll(
                    holds ? wait : Duration.ZERO,
                    holds ? etag : null,
                    Duration.ofSeconds(1),
                    outcome -> onceAwake(() -> reply.accept(outcome)));
        }
    }

    /** Who stands still answers nobody, not even those who were there before. */
    private void onceAwake(Runnable answer) {
        if (frozen) {
            inbox.add(answer);
        } else {
            answer.run();
        }
    }

    @Override
    public void cancel(RemoteJob remote, AttemptId by, Consumer<CancelOutcome> reply) {
        if (!spec.capabilities().contains(Capability.CANCEL)) {
            reply.accept(new CancelOutcome.Unsupported());
            return;
        }
        if (!isCurrent(by)) {
            reply.accept(new CancelOutcome.Fenced());
            return;
        }
        RemoteRun run = runs.get(remote.id());
        if (run == null || run.hasEnded()) {
            reply.accept(new CancelOutcome.Stopped());
            return;
        }
        stop(run, reply);
    }

    @Override
    public void shorten(RemoteJob remote, FrameSet keep, AttemptId by, Consumer<ShortenOutcome> reply) {
        RemoteRun run = runs.get(remote.id());
        if (!spec.capabilities().contains(Capability.SHORTEN)) {
            reply.accept(new ShortenOutcome.Unsupported());
        } else if (!isCurrent(by)) {
            reply.accept(new ShortenOutcome.Fenced());
        } else if (run == null) {
            reply.accept(new ShortenOutcome.Unsupported());
        } else if (run.hasEnded()) {
            reply.accept(new ShortenOutcome.AlreadyEnded(run.finishedNow()));
        } else {
            FrameSet kept = run.shorten(keep);
            if (physics.trace().on()) {
                trace("keeps " + kept + " of " + run.id());
            }
            reply.accept(new ShortenOutcome.Kept(kept));
        }
    }

    @Override
    public void frames(RemoteJob remote, Consumer<FramesOutcome> reply) {
        RemoteRun run = runs.get(remote.id());
        if (!spec.capabilities().contains(Capability.FRAMES)) {
            reply.accept(new FramesOutcome.Unsupported());
        } else if (throttles(CallKind.FRAMES)) {
            reply.accept(new FramesOutcome.Throttled(throttledFor()));
        } else if (run == null) {
            reply.accept(new FramesOutcome.Lost());
        } else {
            reply.accept(new FramesOutcome.Listed(run.outputs()));
        }
    }

    @Override
    public void fetchBaked(RemoteJob remote, BakedScene baked, Consumer<Fetched> reply) {
        RemoteRun run = runs.get(remote.id());
        BakedScene own = run == null ? null : run.baked();
        if (throttles(CallKind.FETCH)) {
            reply.accept(new Fetched(new FetchOutcome.Throttled(throttledFor()), null));
        } else if (own == null) {
            reply.accept(new Fetched(new FetchOutcome.Lost(), null));
        } else if (physics.dice().strikes(Fault.FAILED_FETCH)) {
            reply.accept(new Fetched(new FetchOutcome.Unreachable("the connection broke"), null));
        } else {
            reply.accept(new Fetched(new FetchOutcome.Fetched(), own.sha256()));
        }
    }

    @Override
    public void fetch(RemoteJob remote, int frame, OutputFile file, Consumer<Fetched> reply) {
        RemoteRun run = runs.get(remote.id());
        FrameOutput output = run == null ? null : run.output(frame);
        if (throttles(CallKind.FETCH)) {
            reply.accept(new Fetched(new FetchOutcome.Throttled(throttledFor()), null));
        } else if (output == null) {
            reply.accept(new Fetched(new FetchOutcome.Lost(), null));
        } else if (physics.dice().strikes(Fault.FAILED_FETCH)) {
            reply.accept(new Fetched(new FetchOutcome.Unreachable("the connection broke"), null));
        } else if (physics.dice().strikes(Fault.DAMAGED_FETCH)) {
            reply.accept(new Fetched(new FetchOutcome.Damaged("another digest than announced"), null));
        } else {
            reply.accept(new Fetched(new FetchOutcome.Fetched(), output.main().sha256()));
        }
    }
}
