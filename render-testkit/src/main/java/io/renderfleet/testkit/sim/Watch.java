package io.renderfleet.testkit.sim;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.JobId;
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
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sees every call that coordinators make and every answer that they hear: whether a call waits as long as it was asked to, whether what
 * it does is durable first, and whether an end is given only on a definite answer or after long silence.
 */
final class Watch {
    private static final Duration LONGEST_GATE = Duration.ofMinutes(5);
    private static final Duration SILENCE = Duration.ofSeconds(20);
    /** Why a batch is given up that its node has not ended. */
    private static final Set<FailureKind> OUT_OF_TIME = EnumSet.of(FailureKind.BATCH_TIMEOUT, FailureKind.HUNG);

    private static final Duration HOPELESS = Duration.ofMinutes(1);

    private final VirtualTime time;
    private final Trace trace;
    private final FirstViolation violation;
    private final boolean on;
    private final Map<Gate, Long> throttled = new HashMap<>();
    private final Map<Gate, Long> taken = new HashMap<>();
    private final Map<Gate, String> described = new HashMap<>();
    private final Map<Long, Attempt> attempts = new HashMap<>();
    private final Map<RemoteKey, Attempt> byRemote = new HashMap<>();
    private final Set<Coordinator> hearFence = new HashSet<>();
    private final Set<Coordinator> stoodDown = new HashSet<>();

    private final Set<JobId> hopeless = new HashSet<>();
    private final Map<JobId, Long> firstAnswers = new HashMap<>();

    /** Jobs that were paused: they wait, however hopeless they are. */
    private final Set<JobId> pausedJobs = new HashSet<>();

    private @Nullable Coordinator leader;
    private long epoch;
    private long disturbedUntil;

    /** Each coordinator knows only what it has learned itself. */
    private record Gate(Coordinator by, URI target) {}

    private record RemoteKey(URI target, String id) {}

    /** What has been heard of an attempt. */
    private static final class Attempt {
        private final JobId job;
        private final URI target;
        private final String key;
        private long signBefore;
        private long lastSign;
        private boolean definite = true;
        private boolean neverThere = true;

        /** How often it was sent without anybody having said what became of it. */
        private int unanswered;

        private boolean over;

        private Attempt(JobTransition.BatchDispatched dispatched, long now) {
            this.job = dispatched.job();
            this.target = dispatched.target();
            this.key = dispatched.attempt().toString();
            this.signBefore = now;
            this.lastSign = now;
        }

        private void sign(long now) {
            signBefore = lastSign < now ? lastSign : signBefore;
            lastSign = now;
        }

        /** How long nothing had been heard by a moment; a sign of that very moment may have come just after it. */
        private long silence(long moment) {
            return moment - (lastSign < moment ? lastSign : signBefore);
        }
    }

    Watch(VirtualTime time, Trace trace, FirstViolation violation, boolean on) {
        this.time = time;
        this.trace = trace;
        this.violation = violation;
        this.on = on;
    }

    // What the store keeps.

    /** A coordinator leads from now on. */
    void leads(Coordinator newLeader, long newEpoch) {
        leader = newLeader;
        epoch = newEpoch;
        // It counts from the first answer that it hears itself.
        firstAnswers.clear();
    }

    /** Coordinator or store stood still, or somebody laid hands on jobs: what must be done in time may take that much longer. */
    void disturbed(long lasting) {
        disturbedUntil = Math.max(disturbedUntil, time.nanos() + lasting);
    }

    /** A job fails on every node by its own fault. */
    void hopeless(JobId job) {
        hopeless.add(job);
    }

    private void endedInTime(JobTransition.JobEnded ended) {
        Long first = firstAnswers.remove(ended.job());
        if (first != null && hopeless.contains(ended.job()) && !pausedJobs.remove(ended.job())) {
            long at = time.nanosAt(ended.at());
            long decided = at >= first && at <= time.nanos() ? at : time.nanos();
            violation.holds(
                    decided - Math.max(first, disturbedUntil) <= HOPELESS.toNanos(),
                    "a hopeless job ends late, "
                            + Duration.ofNanos(decided - first).toSeconds() + " s after the first answer: "
                            + TraceText.of(ended));
        }
    }

    void kept(JobTransition transition) {
        if (!on) {
            return;
        }
        if (transition instanceof JobTransition.BatchDispatched dispatched) {
            attempts.put(dispatched.attempt().seq(), new Attempt(dispatched, time.nanos()));
        } else if (transition instanceof JobTransition.BatchEnded ended) {
            ended(ended);
        } else if (transition instanceof JobTransition.JobEnded over) {
            endedInTime(over);
        } else if (transition instanceof JobTransition.JobPaused paused) {
            pausedJobs.add(paused.job());
        } else if (transition instanceof JobTransition.JobResumed resumed) {
            pausedJobs.remove(resumed.job());
            firstAnswers.computeIfPresent(resumed.job(), (job, before) -> time.nanos());
        } else if (transition instanceof JobTransition.FramesRetried) {
            firstAnswers.remove(transition.job());
        }
    }

    private void ended(JobTransition.BatchEnded ended) {
        Attempt attempt = attempts.get(ended.attempt().seq());
        if (attempt == null) {
            return;
        }
        attempt.over = true;
        if (!attempt.neverThere) {
            taken.keySet().removeIf(gate -> gate.target().equals(attempt.target));
        }
        // It was decided before it was kept; the time of day says when.
        long at = time.nanosAt(ended.at());
        long decided = at >= attempt.signBefore && at <= time.nanos() ? at : time.nanos();
        boolean silent = attempt.silence(decided) >= SILENCE.toNanos();
        boolean outOfTime =
                ended.failure() != null && OUT_OF_TIME.contains(ended.failure().kind());
        boolean mayEnd = ended.outcome() == BatchOutcome.CANCELLED || attempt.definite || silent || outOfTime;
        violation.holds(mayEnd, "a batch is given up without a definite answer: " + TraceText.of(ended));
    }

    /** A node starts anew: what it asked for before is void. */
    void restarted(URI target) {
        throttled.keySet().removeIf(gate -> gate.target().equals(target));
        taken.keySet().removeIf(gate -> gate.target().equals(target));
    }

    // What coordinators do.

    void calling(Coordinator from, CallKind kind, Target to) {
        if (!on || from.isDead()) {
            return;
        }
        violation.holds(!stoodDown.contains(from), from.name() + " has stood down and makes a call: " + kind);
        if (kind == CallKind.SUBMIT || kind == CallKind.POLL) {
            waits(throttled, from, kind, to, "429");
        }
        if (kind == CallKind.SUBMIT) {
            waits(taken, from, kind, to, "503");
        }
    }

    private void waits(Map<Gate, Long> gates, Coordinator from, CallKind kind, Target to, String status) {
        Long until = gates.get(new Gate(from, to.address()));
        if (until != null && time.nanos() < until) {
            violation.broken(kind + " to " + to.address().getHost() + " comes "
                    + Duration.ofNanos(until - time.nanos()).toMillis() + " ms too early after a " + status);
        }
    }

    void submitting(Coordinator from, Target to, Assignment assignment) {
        if (!on || from.isDead()) {
            return;
        }
        Attempt attempt = attempts.get(assignment.attempt().seq());
        if (attempt == null) {
            violation.broken("a batch is sent before it is durable: " + assignment.key());
            return;
        }
        if (assignment.attempt().epoch() < epoch) {
            // An old coordinator cannot know better; nodes refuse it.
            return;
        }
        attempt.definite = false;
        attempt.neverThere = false;
        attempt.unanswered++;
        violation.holds(!attempt.over, "a batch is sent that is over: " + assignment.key());
        violation.holds(attempt.target.equals(to.address()), "a batch is sent to another node: " + assignment.key());
        violation.holds(attempt.key.equals(assignment.key()), "a batch is sent with another key: " + assignment.key());
    }

    /** The step in which it heard of its fence is over: it must be silent from now on. */
    void stepped(Coordinator coordinator) {
        if (hearFence.remove(coordinator)) {
            stoodDown.add(coordinator);
        }
    }

    void storeFenced(Coordinator coordinator) {
        hearFence.add(coordinator);
    }

    // What coordinators hear.

    <T> CompletionStage<T> heard(Coordinator from, CallKind kind, Target to, CompletionStage<T> answer) {
        if (!on && !trace.on()) {
            return answer;
        }
        return answer.whenComplete((outcome, bug) -> {
            if (trace.on() && outcome != null && kind != CallKind.FETCH) {
                tell(new Gate(from, to.address()), kind, TraceText.of(outcome));
            }
            if (on && outcome != null) {
                gates(new Gate(from, to.address()), outcome);
            }
        });
    }

    /** Says what was heard; of descriptions only those that say something new. */
    private void tell(Gate who, CallKind kind, String what) {
        if (kind != CallKind.DESCRIBE || !what.equals(described.put(who, what))) {
            trace.add(who.by().name(), "hears from " + who.target().getHost() + " (" + kind + "): " + what);
        }
    }

    private void gates(Gate gate, Object outcome) {
        if (outcome instanceof SubmitOutcome.SlotsTaken full) {
            close(taken, gate, full.retryAfter());
        } else if (outcome instanceof SubmitOutcome.Throttled many) {
            close(throttled, gate, many.retryAfter());
        } else if (outcome instanceof PollOutcome.Throttled many) {
            close(throttled, gate, many.retryAfter());
        } else if (outcome instanceof FramesOutcome.Throttled many) {
            close(throttled, gate, many.retryAfter());
        } else if (outcome instanceof DescribeOutcome.Throttled many) {
            close(throttled, gate, many.retryAfter());
        } else if (outcome instanceof SimulatedServer.Fetched fetched
                && fetched.outcome() instanceof FetchOutcome.Throttled many) {
            close(throttled, gate, many.retryAfter());
        } else if (outcome instanceof CancelOutcome.Stopped || outcome instanceof PollOutcome.Ended) {
            taken.remove(gate);
        }
        if (outcome instanceof SubmitOutcome.Fenced
                || outcome instanceof CancelOutcome.Fenced
                || outcome instanceof ShortenOutcome.Fenced) {
            hearFence.add(gate.by());
        }
    }

    private void close(Map<Gate, Long> gates, Gate gate, @Nullable Duration retryAfter) {
        if (retryAfter != null) {
            Duration wait = retryAfter.compareTo(LONGEST_GATE) > 0 ? LONGEST_GATE : retryAfter;
            gates.merge(gate, time.nanos() + wait.toNanos(), Math::max);
        }
    }

    CompletionStage<SubmitOutcome> submitted(
            Coordinator from, Assignment assignment, CompletionStage<SubmitOutcome> answer) {
        return on ? answer.whenComplete((outcome, bug) -> submitted(from, assignment.attempt(), outcome)) : answer;
    }

    private void submitted(Coordinator from, AttemptId id, @Nullable SubmitOutcome outcome) {
        Attempt attempt = attempts.get(id.seq());
        if (attempt == null || outcome == null) {
            return;
        }
        boolean mayBeThere = outcome instanceof SubmitOutcome.Unreachable silence && silence.maybeAccepted();
        attempt.unanswered -= mayBeThere ? 0 : 1;
        if (outcome instanceof SubmitOutcome.Accepted accepted) {
            if (from == leader) {
                attempt.sign(time.nanos());
            }
            RemoteJob remote = accepted.remote();
            byRemote.put(new RemoteKey(remote.target().address(), remote.id()), attempt);
        } else if (outcome instanceof SubmitOutcome.Unreachable) {
            attempt.neverThere = attempt.unanswered == 0;
            attempt.definite |= attempt.neverThere;
        } else {
            attempt.definite = true;
            attempt.neverThere = true;
        }
    }

    /** Somebody answered a question about a batch. */
    <T> CompletionStage<T> asked(Coordinator from, RemoteJob remote, CompletionStage<T> answer) {
        return on ? answer.whenComplete((outcome, bug) -> asked(from, remote, outcome)) : answer;
    }

    private void asked(Coordinator from, RemoteJob remote, @Nullable Object outcome) {
        Attempt attempt = byRemote.get(new RemoteKey(remote.target().address(), remote.id()));
        if (attempt == null || from != leader) {
            return;
        }
        if (outcome instanceof PollOutcome.Running || outcome instanceof PollOutcome.Waiting) {
            attempt.sign(time.nanos());
        }
        if (outcome instanceof PollOutcome.Ended over && over.end().failure() != null) {
            firstAnswers.putIfAbsent(attempt.job, time.nanos());
        }
        attempt.definite |= outcome instanceof PollOutcome.Ended
                || outcome instanceof PollOutcome.Lost
                || outcome instanceof FramesOutcome.Lost
                || outcome instanceof CancelOutcome.Stopped;
    }
}
