package io.renderfleet.testkit.sim;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreFencedException;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import io.renderfleet.core.store.InMemoryJobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A database that outlives coordinators: appends take time and can fail before or after they are kept; one epoch writes. */
final class SimStore {
    private static final String FARM = "f-sim";

    private final EventQueue events;
    private final VirtualTime time;
    private final FaultDice dice;
    private final Trace trace;
    private final Duration latency;
    private final Consumer<JobTransition> kept;
    private final Consumer<Coordinator> fenced;
    private final List<JobTransition> history = new ArrayList<>();
    private long epoch;
    private long lastSeq;
    private long outageUntil;
    private DrawnFault outage = DrawnFault.NONE;

    SimStore(
            EventQueue events,
            VirtualTime time,
            FaultDice dice,
            Trace trace,
            Duration latency,
            Consumer<JobTransition> kept,
            Consumer<Coordinator> fenced) {
        this.events = events;
        this.time = time;
        this.dice = dice;
        this.trace = trace;
        this.latency = latency;
        this.kept = kept;
        this.fenced = fenced;
    }

    /** No fault strikes these: what is kept here helps, and is not needed. */
    private final JobStore values = new InMemoryJobStore();

    void outage(Duration lasting, DrawnFault strike) {
        trace.add("store", "fails for " + lasting.toMillis() + " ms");
        outageUntil = time.nanos() + lasting.toNanos();
        outage = strike;
    }

    /** Whether it is out of reach just now, for somebody who wants something of it. */
    private boolean isOut() {
        boolean out = time.nanos() < outageUntil;
        if (out) {
            outage.strikes();
        }
        return out;
    }

    long epoch() {
        return epoch;
    }

    JobStore session(Coordinator owner) {
        return new Session(owner);
    }

    private void keep(JobTransition transition) {
        history.add(transition);
        if (transition instanceof JobTransition.BatchDispatched dispatched) {
            lastSeq = Math.max(lastSeq, dispatched.attempt().seq());
        }
        if (trace.on()) {
            trace.add("store", "keeps " + TraceText.of(transition));
        }
        kept.accept(transition);
    }

    /** What one coordinator has of it. */
    private final class Session implements JobStore {
        private final Coordinator owner;
        private long mine;
        private long keptHere;
        private long lastCommit;

        private Session(Coordinator owner) {
            this.owner = owner;
        }

        @Override
        public CompletionStage<StoreOpening> open(Consumer<JobTransition> told) {
            if (isOut()) {
                return CompletableFuture.failedStage(new StoreException("the database is out of reach", null));
            }
            mine = ++epoch;
            history.forEach(told);
            return CompletableFuture.completedStage(new StoreOpening(FARM, mine, lastSeq));
        }

        @Override
        public StoredValues values(String part) {
            return values.values(part);
        }

        @Override
        public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            if (!owner.acts()) {
                return done;
            }
            DrawnFault error = dice.draw(Fault.STORE_ERROR);
            DrawnFault lostAnswer = dice.draw(Fault.STORE_LOST_ANSWER);
            boolean slow = dice.strikes(Fault.STORE_SLOW);
            if (latency.isZero() && !error.isDue() && !lostAnswer.isDue() && !slow && !isOut()) {
                commit(position, transitions, done, DrawnFault.NONE);
                return done;
            }
            long delay = slow ? dice.span(Fault.STORE_SLOW, 0.05, 20) : latency.toNanos();
            lastCommit = Math.max(lastCommit, time.nanos() + delay);
            events.after(lastCommit - time.nanos(), () -> {
                if (error.isDue() || isOut()) {
                    error.strikes();
                    trace.add("store", "fails an append of " + transitions.size());
                    fail(done, new StoreException("the database does not answer", null));
                } else if (owner.isDead() && dice.size(Fault.COORDINATOR_CRASH) < 0.5) {
                    trace.add("store", "never got an append of the dead coordinator");
                } else {
                    commit(position, transitions, done, lostAnswer);
                }
            });
            return done;
        }

        private void commit(
                long position, List<JobTransition> transitions, CompletableFuture<Void> done, DrawnFault lostAnswer) {
            if (mine != epoch) {
                trace.add("store", "refuses an append under epoch " + mine);
                owner.deliver(() -> {
                    fenced.accept(owner);
                    done.completeExceptionally(new StoreFencedException("epoch " + epoch + " has taken over"));
                });
                return;
            }
            for (int i = 0; i < transitions.size(); i++) {
                if (position + i >= keptHere) {
                    keep(transitions.get(i));
                    keptHere++;
                }
            }
            if (lostAnswer.isDue()) {
                lostAnswer.strikes();
                fail(done, new StoreException("the connection broke", null));
            } else if (latency.isZero() && owner.isStepping()) {
                done.complete(null);
            } else {
                owner.deliver(() -> done.complete(null));
            }
        }

        private void fail(CompletableFuture<Void> done, StoreException problem) {
            owner.deliver(() -> done.completeExceptionally(problem));
        }

        @Override
        public void close() {}
    }
}
