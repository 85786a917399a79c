package io.renderfleet.testkit.sim;

import static io.renderfleet.core.model.Simulation.BAKE;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.PollOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A batch on a simulated node: renders its frames one after another, at the rate at which the node goes. */
final class RemoteRun {
    private static final int SAMPLES = 64;
    /** Even a node that stands still has a limit of its own, so that its slot is free again one day. */
    private static final long LONGEST_STAND = Duration.ofHours(2).toNanos();

    private static final Failure STANDS = Failure.of(FailureKind.HUNG, "The renderer gave no sign of life.");
    private static final long SHORTEST_NOTICE = Duration.ofMillis(250).toNanos();

    private final String id;
    private final Assignment assignment;
    private final SimWork work;
    private final Plan plan;
    private final Runnable onEnd;
    private final Map<Integer, FrameOutput> outputs = new LinkedHashMap<>();
    private final List<Held> held = new ArrayList<>();
    private PrimitiveIterator.OfInt frames;
    private FrameSet kept;
    private FrameSet finished = FrameSet.empty();
    private int[] finishedFrames = new int[8];
    private boolean finishedStale;
    private @Nullable Integer current;
    private boolean warm;
    private boolean loaded;
    private boolean stands;
    private @Nullable UnbakedSimulation unbaked;
    private @Nullable BakedScene baking;
    private @Nullable BakedScene baked;
    private double stepSeconds;
    private double secondsLeft;
    private double rate;
    private long since;
    private long begun;
    private double renderSeconds;
    private EventQueue.@Nullable Item next;
    private @Nullable BatchEnd end;

    /**
     * How it goes wrong, if it does.
     *
     * @param failAfter after how many frames it fails for the reason that follows, or, without one, stands still for two hours
     * @param failure the reason
     * @param claimedFrom which frames it only claims to have
     * @param strike says that it has gone wrong
     */
    record Plan(int failAfter, @Nullable Failure failure, int claimedFrom, DrawnFault strike) {
        static final Plan GOOD = new Plan(Integer.MAX_VALUE, null, Integer.MAX_VALUE, DrawnFault.NONE);

        static Plan failing(int after, Failure failure, DrawnFault strike) {
            return new Plan(after, failure, Integer.MAX_VALUE, strike);
        }

        static Plan stalling(int after, DrawnFault strike) {
            return new Plan(after, null, Integer.MAX_VALUE, strike);
        }

        static Plan claiming(int from, DrawnFault strike) {
            return new Plan(Integer.MAX_VALUE, null, from, strike);
        }
    }

    /** What a run needs to know of where it runs. */
    interface SimWork {
        EventQueue events();

        long nanos();

        double secondsFor(int frame);

        @Nullable Failure troubleWith(int frame);

        @Nullable UnbakedSimulation unbaked(Scene scene);

        /** Gives the baked scene; null where nobody bakes. */
        @Nullable BakedScene bake(Scene scene);

        Sha256 picture(int frame);

        long bytesOf(int frame);

        double noise();

        /** Up to how many frames an end lists, so that the engine need not ask for the list. */
        int tells();

        /** Who renders, where that is another one than was asked. */
        @Nullable NodeId executedBy();

        void rendered(double seconds, int frame, boolean whole);
    }

    /** A poll that waits for its answer. */
    private static final class Held {
        private final @Nullable String etag;
        private final long asked;
        private final Consumer<PollOutcome> reply;
        private EventQueue.@Nullable Item expiry;
        private EventQueue.@Nullable Item notice;

        private Held(@Nullable String etag, long asked, Consumer<PollOutcome> reply) {
            this.etag = etag;
            this.asked = asked;
            this.reply = reply;
        }

        private void answer(PollOutcome outcome) {
            if (expiry != null) {
                expiry.callOff();
            }
            if (notice != null) {
                notice.callOff();
            }
            reply.accept(outcome);
        }
    }

    RemoteRun(String id, Assignment assignment, SimWork work, Plan plan, Runnable onEnd) {
        this.id = id;
        this.assignment = assignment;
        this.work = work;
        this.plan = plan;
        this.onEnd = onEnd;
        this.kept = assignment.frames();
        this.frames = (PrimitiveIterator.OfInt) kept.iterator();
    }

    String id() {
        return id;
    }

    Assignment assignment() {
        return assignment;
    }

    boolean hasEnded() {
        return end != null;
    }

    void begin(double startUpSeconds, boolean isWarm, double atRate) {
        rate = atRate;
        warm = isWarm;
        since = work.nanos();
        step(startUpSeconds, null);
        if (startUpSeconds <= 0) {
            load();
        }
    }

    /** The scene is there: what its simulations need comes before the first frame. */
    private void load() {
        loaded = true;
        unbaked = work.unbaked(assignment.scene());
        if (unbaked != null && assignment.scenePolicy().simulation() == BAKE) {
            baking = work.bake(assignment.scene());
        }
        double seconds = secondsBeforeFrames();
        if (seconds > 0) {
            step(seconds, null);
            notifyWatchers();
        } else {
            nextFrame();
        }
    }

    /** A warm session has stepped through the simulation before, as far as it needs. */
    private double secondsBeforeFrames() {
        UnbakedSimulation simulation = unbaked;
        if (simulation == null || simulation.secondsPerFrame() == null || kept.isEmpty() || (warm && baking == null)) {
            return 0;
        }
        int last = baking != null ? simulation.last() + 1 : kept.first();
        return Math.max(0, last - simulation.first()) * simulation.secondsPerFrame();
    }

    @Nullable BakedScene baked() {
        return baked;
    }

    private @Nullable SceneReport report() {
        UnbakedSimulation simulation = unbaked;
        if (!loaded) {
            return null;
        }
        boolean steps = simulation != null && baking == null;
        return new SceneReport(
                FrameRate.of(24),
                simulation == null || steps
                        ? simulation
                        : new UnbakedSimulation(simulation.first(), simulation.last(), null),
                baked);
    }

    /** The node goes on at another rate: 0 stands still. */
    void rate(double newRate) {
        if (end == null) {
            catchUp();
            rate = newRate;
            scheduleStep();
        }
    }

    private void step(double seconds, @Nullable Integer frame) {
        current = frame;
        stepSeconds = seconds;
        secondsLeft = seconds;
        since = work.nanos();
        begun = since;
        if (seconds > 0) {
            scheduleStep();
        }
    }

    private void scheduleStep() {
        if (stands) {
            return;
        }
        if (next != null) {
            next.callOff();
            next = null;
        }
        if (rate > 0) {
            next = work.events().after((long) Math.ceil(secondsLeft / rate * 1e9), this::stepDone);
        }
    }

    private void catchUp() {
        long now = work.nanos();
        secondsLeft = Math.max(0, secondsLeft - (now - since) / 1e9 * rate);
        since = now;
    }

    private void stepDone() {
        Integer frame = current;
        if (frame != null) {
            work.rendered(stepSeconds, frame, true);
            Failure trouble = work.troubleWith(frame);
            if (trouble != null) {
                over(BatchEnd.State.FAILED, trouble);
                return;
            }
            save(frame);
        } else if (!loaded) {
            load();
            return;
        } else if (baking != null && baked == null) {
            baked = baking;
        }
        nextFrame();
    }

    private void nextFrame() {
        if (outputs.size() >= plan.failAfter() && frames.hasNext()) {
            plan.strike().strikes();
            if (plan.failure() == null) {
                stands = true;
                current = frames.nextInt();
                stepSeconds = 0;
                secondsLeft = 0;
                next = work.events().after(LONGEST_STAND, () -> over(BatchEnd.State.FAILED, STANDS));
                notifyWatchers();
            } else {
                over(BatchEnd.State.FAILED, plan.failure());
            }
            return;
        }
        if (!frames.hasNext()) {
            over(BatchEnd.State.COMPLETED, null);
            return;
        }
        int frame = frames.nextInt();
        step(work.secondsFor(frame), frame);
        notifyWatchers();
    }

    private void save(int frame) {
        // A node measures a frame by its own clock.
        Duration took = Duration.ofNanos(work.nanos() - begun);
        renderSeconds += took.toNanos() / 1e9;
        // No picture by its name, since it is none by its bytes.
        String name = assignment.output().path(frame) + ".sim";
        Sha256 picture = work.picture(frame);
        OutputFile file = new OutputFile(name, work.bytesOf(frame), picture, true);
        if (outputs.size() == finishedFrames.length) {
            finishedFrames = Arrays.copyOf(finishedFrames, finishedFrames.length * 2);
        }
        finishedFrames[outputs.size()] = frame;
        outputs.put(frame, new FrameOutput(frame, List.of(file), took));
        finishedStale = true;
    }

    private FrameSet finished() {
        if (finishedStale) {
            finishedStale = false;
            finished = FrameSet.of(Arrays.copyOf(finishedFrames, outputs.size()));
        }
        return finished;
    }

    /** Ends it from outside. */
    void stop(BatchEnd.State state, @Nullable Failure failure) {
        if (end == null) {
            Integer frame = current;
            if (frame != null) {
                catchUp();
                work.rendered(stepSeconds - secondsLeft, frame, false);
            }
            over(state, failure);
        }
    }

    private void breakOff() {
        List<Held> broken = List.copyOf(held);
        held.clear();
        broken.forEach(poll -> poll.answer(new PollOutcome.Unreachable("connection reset")));
    }

    /** The node dies: polls that are held break off. */
    void interrupted() {
        breakOff();
        stop(BatchEnd.State.FAILED, Failure.of(FailureKind.NODE_RESTARTED, "The node was restarted."));
    }

    private void over(BatchEnd.State state, @Nullable Failure failure) {
        if (next != null) {
            next.callOff();
        }
        current = null;
        end = new BatchEnd(state, finished(), failure)
                .withOutputs(outputs.size() > work.tells() ? null : outputs())
                .withScene(report());
        onEnd.run();
        List<Held> told = List.copyOf(held);
        held.clear();
        told.forEach(poll -> poll.answer(new PollOutcome.Ended(ended(), work.executedBy())));
    }

    private BatchEnd ended() {
        BatchEnd known = end;
        if (known == null) {
            throw new IllegalStateException(id + " has not ended");
        }
        return known;
    }

    /** The frames that it goes on with: its own that are asked for, finished or running. */
    FrameSet shorten(FrameSet keep) {
        FrameSet touched = current == null ? finished() : finished().union(FrameSet.of(current));
        FrameSet untouched = kept.minus(touched);
        kept = kept.intersect(keep.union(touched));
        frames = (PrimitiveIterator.OfInt) untouched.intersect(keep).iterator();
        return kept;
    }

    FrameSet finishedNow() {
        return finished();
    }

    List<FrameOutput> outputs() {
        if (plan.claimedFrom() >= outputs.size()) {
            return List.copyOf(outputs.values());
        }
        plan.strike().strikes();
        return outputs.values().stream().limit(plan.claimedFrom()).toList();
    }

    @Nullable FrameOutput output(int frame) {
        return outputs.get(frame);
    }

    void poll(Duration wait, @Nullable String etag, @Nullable Duration pollAfter, Consumer<PollOutcome> reply) {
        if (end != null) {
            reply.accept(new PollOutcome.Ended(ended(), work.executedBy()));
        } else if (wait.isZero() || (etag != null && !etag.equals(etag()))) {
            reply.accept(running(pollAfter, !wait.isZero()));
        } else {
            Held poll = new Held(etag, work.nanos(), reply);
            held.add(poll);
            poll.expiry = work.events().after(wait, () -> {
                held.remove(poll);
                poll.answer(running(null, true));
            });
            watch(poll);
        }
    }

    private void notifyWatchers() {
        for (Held poll : List.copyOf(held)) {
            if (poll.etag != null) {
                watch(poll);
            }
        }
    }

    /** Sees to it that a held poll is answered when progress differs from what it knows, at most four times a second. */
    private void watch(Held poll) {
        if (poll.etag == null || rate <= 0) {
            return;
        }
        if (poll.notice != null) {
            poll.notice.callOff();
        }
        catchUp();
        boolean differs = !poll.etag.equals(etag());
        if (stands && !differs) {
            return;
        }
        double untilNextSample = current == null || stepSeconds <= 0
                ? secondsLeft
                : secondsLeft - stepSeconds * Math.floor(secondsLeft / stepSeconds * SAMPLES - 1e-9) / SAMPLES;
        long change = differs ? 0 : (long) Math.ceil(untilNextSample / rate * 1e9) + 1;
        long earliest = poll.asked + SHORTEST_NOTICE - work.nanos();
        poll.notice = work.events().after(Math.max(change, earliest), () -> {
            if (!held.contains(poll)) {
                return;
            }
            if (poll.etag.equals(etag())) {
                watch(poll);
            } else {
                held.remove(poll);
                poll.answer(running(null, true));
            }
        });
    }

    private PollOutcome running(@Nullable Duration pollAfter, boolean wasHeld) {
        return new PollOutcome.Running(progress(), pollAfter, etag(), wasHeld);
    }

    private String etag() {
        return outputs.size() + ":" + current + ":" + sample() + ":" + loaded + ":" + (baked != null);
    }

    private int sample() {
        if (current == null || stepSeconds <= 0) {
            return 0;
        }
        catchUp();
        return Math.min(SAMPLES - 1, (int) ((1 - secondsLeft / stepSeconds) * SAMPLES));
    }

    private BatchProgress progress() {
        Integer frame = current;
        int shown = (int) Math.max(0, Math.min(SAMPLES - 1, Math.round(sample() * (1 + work.noise()))));
        Double perFrame = outputs.isEmpty() ? null : renderSeconds / outputs.size();
        return new BatchProgress(
                finished(),
                frame,
                frame == null ? 0 : shown,
                frame == null ? 0 : SAMPLES,
                perFrame,
                null,
                List.of(),
                report());
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (%s of %s/%s)", id, kept, assignment.job(), assignment.batch());
    }
}
