package io.renderfleet.core.track;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopRunner;
import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.core.policy.PollPolicy;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Watches remote jobs until they end. It polls when the target asks to be polled, lets a target hold its answer that can, waits out a
 * throttled target, and gives up only on a target that has been out of reach for too long.
 *
 * <p>An application that submits jobs by itself and only wants to watch them can use it alone:
 *
 * <pre>{@code
 * try (JobTracker tracker = JobTracker.create(transport)) {
 *     TrackingEnd end = tracker.track(remote, true).end().toCompletableFuture().get();
 * }
 * }</pre>
 *
 * <p>At most one poll of a job is under way at a time. While a target is throttled (429), none of its jobs is polled. Thread-safe.
 */
public final class JobTracker implements AutoCloseable {
    private final Loop loop;
    private final @Nullable LoopRunner runner;
    private final RenderTransport transport;
    private final PollPolicy policy;
    private final RandomGenerator random;
    private final Map<URI, Long> gates = new HashMap<>();
    private final Map<RemoteJob, Tracking> byRemote = new HashMap<>();
    private final Set<Tracking> open = new LinkedHashSet<>();

    /**
     * Makes a tracker on a loop that the caller drives.
     *
     * @param loop where it polls from; its driver calls the listeners
     * @param transport how to poll
     * @param policy how often
     * @param random spreads the polls
     */
    public JobTracker(Loop loop, RenderTransport transport, PollPolicy policy, RandomGenerator random) {
        this(loop, null, transport, policy, random);
    }

    private JobTracker(
            Loop loop,
            @Nullable LoopRunner runner,
            RenderTransport transport,
            PollPolicy policy,
            RandomGenerator random) {
        this.loop = loop;
        this.runner = runner;
        this.transport = transport;
        this.policy = policy;
        this.random = random;
    }

    /**
     * Makes a tracker with a thread of its own and the usual policy.
     *
     * @param transport how to poll; it is started here, and not closed with the tracker
     * @return the running tracker
     */
    public static JobTracker create(RenderTransport transport) {
        return create(transport, PollPolicy.ofDefaults());
    }

    /**
     * Makes a tracker with a thread of its own.
     *
     * @param transport how to poll; it is started here, and not closed with the tracker
     * @param policy how often
     * @return the running tracker
     */
    public static JobTracker create(RenderTransport transport, PollPolicy policy) {
        Loop loop = new Loop(TimeSource.system());
        LoopRunner runner = LoopRunner.start(loop, "renderfleet-tracker");
        JobTracker tracker = new JobTracker(loop, runner, transport, policy, new SplittableRandom());
        transport.start(tracker::changed);
        return tracker;
    }

    /**
     * Watches a remote job.
     *
     * @param remote the remote job
     * @param canHold whether its target can hold answers (long poll)
     * @return a handle
     */
    public Tracking track(RemoteJob remote, boolean canHold) {
        return track(remote, canHold, null, end -> {});
    }

    /**
     * Watches a remote job.
     *
     * @param remote the remote job
     * @param canHold whether its target can hold answers (long poll)
     * @param firstPollAfter when to poll first; null for the policy's own choice; ignored where answers are held
     * @param listener learns how the job proceeds, on the tracker's loop
     * @return a handle
     */
    public Tracking track(
            RemoteJob remote, boolean canHold, @Nullable Duration firstPollAfter, TrackingListener listener) {
        Tracking tracking = new Tracking(this, remote, canHold, listener);
        loop.execute(() -> {
            open.add(tracking);
            byRemote.put(remote, tracking);
            schedule(tracking, canHold ? Duration.ZERO : policy.next(firstPollAfter, 0, random));
        });
        return tracking;
    }

    /**
     * Polls no job of a target for a while, because it asked for fewer calls elsewhere.
     *
     * @param target which
     * @param retryAfter for how long, cut by the policy; null for the policy's own choice
     */
    public void hold(Target target, @Nullable Duration retryAfter) {
        loop.execute(() -> close(target, policy.next(retryAfter, 0, random)));
    }

    /**
     * Polls a job at once because it is said to have changed.
     *
     * @param remote which; unknown ones are ignored
     */
    public void changed(RemoteJob remote) {
        loop.execute(() -> {
            Tracking tracking = byRemote.get(remote);
            if (tracking != null) {
                pollSoon(tracking);
            }
        });
    }

    /** Watches nothing any more and ends the thread, if it has one of its own. Remote jobs go on. Can be called twice. */
    @Override
    public void close() {
        loop.execute(() -> Set.copyOf(open).forEach(this::abandon));
        if (runner != null) {
            runner.close();
        }
    }

    void stop(Tracking tracking) {
        loop.execute(() -> abandon(tracking));
    }

    void pollNow(Tracking tracking) {
        loop.execute(() -> pollSoon(tracking));
    }

    void progressWanted(Tracking tracking, boolean wanted) {
        loop.execute(() -> {
            boolean begins = tracking.wantsProgress(wanted);
            if (begins && tracking.isPolling() && tracking.canHold) {
                // The poll under way is held until the end; it stays, and only its end is of interest now.
                tracking.supersedesPoll();
            }
            if (begins) {
                pollSoon(tracking);
            }
        });
    }

    private void pollSoon(Tracking tracking) {
        if (tracking.isPolling()) {
            tracking.pollsAgain();
        } else if (!tracking.isOver()) {
            schedule(tracking, Duration.ZERO);
        }
    }

    private void schedule(Tracking tracking, Duration delay) {
        tracking.pollsBy(loop.schedule(delay, () -> poll(tracking)));
    }

    private void poll(Tracking tracking) {
        if (tracking.isOver() || tracking.isPolling()) {
            return;
        }
        long gate = untilGate(tracking.remote().target());
        if (gate > 0) {
            schedule(tracking, Duration.ofNanos(gate));
            return;
        }
        int generation = tracking.beginsPoll();
        Duration hold = tracking.canHold ? tracking.hold(policy.hold()) : Duration.ZERO;
        // Without an etag a held answer comes at the end only: progress is asked for just where somebody looks at it.
        String etag = tracking.knownState();
        boolean learns = tracking.wantsProgress() && etag == null;
        // Whether a target that was out of reach is there again is to be known soon.
        Duration wait = learns || tracking.isOutOfReach() ? Duration.ZERO : hold;
        tracking.listener.onAsk(wait);
        transport
                .poll(tracking.remote(), wait, etag)
                .whenComplete((outcome, bug) -> loop.execute(() -> {
                    PollOutcome known = outcome != null ? outcome : new PollOutcome.Unreachable(String.valueOf(bug));
                    boolean superseded = !tracking.isCurrent(generation) && !(known instanceof PollOutcome.Ended);
                    if (tracking.isOver() || superseded) {
                        beside(tracking, known);
                        return;
                    }
                    tracking.endsPoll();
                    polled(tracking, known, wait);
                }));
    }

    /** An answer that nobody waits for any more still says how its target is; what it says of the job does not count. */
    private void beside(Tracking tracking, PollOutcome outcome) {
        if (outcome instanceof PollOutcome.Throttled throttled) {
            tracking.listener.onPoll(outcome);
            close(tracking.remote().target(), policy.next(throttled.retryAfter(), tracking.polls(), random));
        } else if (outcome instanceof PollOutcome.Running) {
            tracking.answered();
        }
    }

    private void polled(Tracking tracking, PollOutcome outcome, Duration waited) {
        tracking.listener.onPoll(outcome);
        if (tracking.isOver()) {
            return;
        }
        outcome.match(polls(tracking, waited));
    }

    /** When to ask again, or that it is over. */
    private PollOutcome.Cases polls(Tracking tracking, Duration waited) {
        return new PollOutcome.Cases() {
            @Override
            public void onWaiting(PollOutcome.Waiting it) {
                tracking.answered();
                again(tracking, policy.next(it.pollAfter(), tracking.polls(), random));
            }

            @Override
            public void onRunning(PollOutcome.Running it) {
                tracking.answered();
                tracking.knows(it.etag());
                again(tracking, it.held() ? Duration.ZERO : pollAfter(tracking, it, waited));
            }

            @Override
            public void onEnded(PollOutcome.Ended it) {
                finish(tracking, new TrackingEnd.Ended(it.end(), it.executedBy()));
            }

            @Override
            public void onThrottled(PollOutcome.Throttled it) {
                tracking.answered();
                close(tracking.remote().target(), policy.next(it.retryAfter(), tracking.polls(), random));
                again(tracking, Duration.ZERO);
            }

            @Override
            public void onLost(PollOutcome.Lost it) {
                if (tracking.isLost()) {
                    finish(tracking, new TrackingEnd.Lost());
                } else {
                    again(tracking, policy.next(null, 0, random));
                }
            }

            @Override
            public void onMisrouted(PollOutcome.Misrouted it) {
                missed(tracking, it.cause());
            }

            @Override
            public void onUnreachable(PollOutcome.Unreachable it) {
                missed(tracking, it.cause());
            }
        };
    }

    /** An answer that was asked for at once, to learn the etag or whether the target is there, is followed by a held one at once. */
    private Duration pollAfter(Tracking tracking, PollOutcome.Running running, Duration waited) {
        boolean canHoldNow = tracking.canHold && (!tracking.wantsProgress() || running.etag() != null);
        return canHoldNow && waited.isZero()
                ? Duration.ZERO
                : policy.next(running.pollAfter(), tracking.polls(), random);
    }

    private void missed(Tracking tracking, String cause) {
        if (tracking.missed(loop.time().nanos()) >= policy.giveUpAfter().toNanos()) {
            finish(tracking, new TrackingEnd.OutOfReach(cause));
        } else {
            again(tracking, policy.next(null, tracking.nextMiss(), random));
        }
    }

    private void again(Tracking tracking, Duration delay) {
        schedule(tracking, tracking.takesPollAgain() ? Duration.ZERO : delay);
    }

    private void finish(Tracking tracking, TrackingEnd how) {
        forget(tracking);
        tracking.listener.onEnd(how);
        tracking.complete(how);
    }

    private void abandon(Tracking tracking) {
        if (!tracking.isOver()) {
            forget(tracking);
            tracking.cancelled();
        }
    }

    private void forget(Tracking tracking) {
        tracking.ends();
        open.remove(tracking);
        byRemote.remove(tracking.remote(), tracking);
    }

    private void close(Target target, Duration wait) {
        gates.merge(
                target.address(), loop.time().nanos() + wait.toNanos(), (one, other) -> one - other > 0 ? one : other);
    }

    private long untilGate(Target target) {
        Long gate = gates.get(target.address());
        long wait = gate == null ? 0 : gate - loop.time().nanos();
        if (gate != null && wait <= 0) {
            gates.remove(target.address());
        }
        return wait;
    }
}
