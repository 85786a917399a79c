package io.renderfleet.transport.queue;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.WireJobState;
import io.renderfleet.transport.queue.wire.Order;
import io.renderfleet.transport.queue.wire.Presence;
import io.renderfleet.transport.queue.wire.Report;
import io.renderfleet.transport.queue.wire.Topics;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of a farm that are on one queue or with its workers.
 *
 * <p>A worker that has taken a batch from the queue claims it here, and renders it once it is told to. So a batch that the broker delivers
 * twice is rendered once, and one that was withdrawn not at all. Belongs to the transport's loop.
 */
final class Pool {
    private static final Logger log = LoggerFactory.getLogger(Pool.class);

    /** How often a worker is asked about again of which nothing is heard. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    /** How long a poll waits for word of a batch of which nothing is known yet. */
    private static final Duration HEARSAY = Duration.ofSeconds(3);

    /** How long what is over is remembered. */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    private static final Set<Capability> CAPABILITIES =
            EnumSet.of(Capability.CANCEL, Capability.SHORTEN, Capability.FRAMES, Capability.SCENES);

    private final String name;
    private final Topics topics;
    private final Broker broker;
    private final Loop loop;
    private final Post post;
    private final Connection connection;
    private final Leases leases;
    private final Questions questions;
    private final WorkerRoll roll = new WorkerRoll();
    private final Map<String, Ticket> tickets = new LinkedHashMap<>();
    private final CompletableFuture<Void> firstWorker = new CompletableFuture<>();
    private final long openedNanos;
    private boolean fenced;

    Pool(String name, Broker broker, Loop loop, Post post, Connection connection, Leases leases) {
        this.name = name;
        this.topics = new Topics(name);
        this.broker = broker;
        this.loop = loop;
        this.post = post;
        this.connection = connection;
        this.leases = leases;
        this.questions = new Questions(loop, leases.answer());
        this.openedNanos = loop.time().nanos();
        broker.listen(
                topics.farm(post.farm()),
                message -> Report.read(message).ifPresent(report -> loop.execute(() -> heard(report))));
        broker.listen(
                topics.presence(),
                message -> Presence.read(message).ifPresent(presence -> loop.execute(() -> heard(presence))));
        loop.schedule(HEARSAY, () -> firstWorker.complete(null));
        loop.schedule(ASK_AGAIN, this::sweep);
    }

    /** The broker is there (again). */
    void connected() {
        tellAll(order(Order.What.ANNOUNCE, "none"));
    }

    /** Looks for batches of which nothing is heard, and forgets what is long over. */
    private void sweep() {
        long now = now();
        roll.forgetBefore(now - leases.lease().toNanos());
        tickets.values().removeIf(ticket -> ticket.isOver() && now - ticket.sinceNanos() > REMEMBERED.toNanos());
        for (Ticket ticket : List.copyOf(tickets.values())) {
            if (ticket.stage() == Ticket.Stage.SOUGHT) {
                tellAll(order(Order.What.REPORT, ticket.key()));
            } else if (ticket.stage() == Ticket.Stage.HELD && isSilent(ticket)) {
                lost(ticket, "worker " + ticket.worker() + " is not heard any more");
            }
        }
        if (tickets.values().stream().anyMatch(this::isOverdue)) {
            var unused = broker.waiting(name).thenAccept(left -> loop.execute(() -> lookForLost(left)));
        }
        loop.schedule(ASK_AGAIN, this::sweep);
    }

    private boolean isSilent(Ticket ticket) {
        return connection.silentFor(ticket.heardNanos(), now())
                >= leases.lease().toNanos();
    }

    /** Whether a batch has been on the queue for so long, or sought, that it may not be there any more. */
    private boolean isOverdue(Ticket ticket) {
        return ticket.is(Ticket.Stage.SOUGHT, Ticket.Stage.QUEUED)
                && connection.silentFor(ticket.sinceNanos(), now())
                        >= leases.lease().toNanos();
    }

    /**
     * A batch is lost that no worker has named for a lease while the queue was empty: an earlier worker had it and is gone, or somebody has
     * emptied the queue. A worker that has just taken it from there claims it within seconds.
     */
    private void lookForLost(OptionalLong left) {
        long now = now();
        for (Ticket ticket : List.copyOf(tickets.values())) {
            if (!isOverdue(ticket) || left.isEmpty() || left.getAsLong() > 0) {
                ticket.emptySince(null);
                continue;
            }
            Long since = ticket.emptySince();
            if (since == null) {
                ticket.emptySince(now);
            } else if (now - since >= HEARSAY.toNanos()) {
                lost(ticket, "no worker has it, and the queue is empty");
            }
        }
    }

    private void lost(Ticket ticket, String why) {
        log.warn("pool {}: batch {} is lost: {}", name, ticket.key(), why);
        ticket.lost(now());
        changed(ticket);
    }

    /** Answers everything that waits. */
    void close() {
        firstWorker.complete(null);
        questions.close();
        tickets.values()
                .forEach(ticket -> ticket.takeWaiting()
                        .forEach(poll -> poll.complete(new PollOutcome.Unreachable("the transport is closed"))));
    }

    // What the engine asks.

    /** Right after the start it is worth waiting for the first worker to say what it is. */
    CompletionStage<DescribeOutcome> describe(Target.Pool target) {
        if (!roll.all().isEmpty() || now() - openedNanos >= HEARSAY.toNanos()) {
            return CompletableFuture.completedStage(description(target));
        }
        if (!connection.isAway()) {
            tellAll(order(Order.What.ANNOUNCE, "none"));
        }
        return firstWorker.thenApply(heard -> description(target));
    }

    private DescribeOutcome description(Target.Pool target) {
        String trouble = connection.trouble();
        if (trouble != null) {
            return new DescribeOutcome.Unreachable("the broker is away: " + trouble);
        }
        return new DescribeOutcome.Described(
                roll.describe(new NodeId("pool-" + name), target.capacity(), held(), CAPABILITIES));
    }

    /** While the broker is away there is nobody to ask how many wait. */
    CompletionStage<PoolStanding> standing() {
        return connection.isAway()
                ? CompletableFuture.completedStage(standing(OptionalLong.empty()))
                : broker.waiting(name).thenCompose(waiting -> loop.submit(() -> standing(waiting)));
    }

    private PoolStanding standing(OptionalLong waiting) {
        long now = now();
        OptionalLong oldest = tickets.values().stream()
                .filter(ticket -> ticket.is(Ticket.Stage.SOUGHT, Ticket.Stage.QUEUED))
                .mapToLong(ticket -> now - ticket.sinceNanos())
                .max();
        return new PoolStanding(
                held(),
                waiting,
                oldest.isPresent() ? Duration.ofNanos(oldest.getAsLong()) : null,
                roll.standing(now),
                connection.trouble());
    }

    private int held() {
        return (int)
                tickets.values().stream().filter(ticket -> !ticket.isOver()).count();
    }

    CompletionStage<SubmitOutcome> submit(RemoteJob remote, byte[] message) {
        SubmitOutcome taken = new SubmitOutcome.Accepted(remote, ASK_AGAIN);
        Ticket known = tickets.get(remote.id());
        if (fenced) {
            return CompletableFuture.completedStage(new SubmitOutcome.Fenced());
        }
        if (known != null && known.stage() != Ticket.Stage.SOUGHT) {
            return CompletableFuture.completedStage(taken);
        }
        String trouble = connection.trouble();
        if (trouble != null) {
            return CompletableFuture.completedStage(
                    new SubmitOutcome.Unreachable("the broker is away: " + trouble, false));
        }
        // A worker may claim it before the broker has confirmed it.
        Ticket ticket = known != null ? known : add(remote, Ticket.Stage.QUEUED);
        return broker.put(name, message)
                .thenCompose(result -> loop.submit(() -> put(ticket, known == null, result, taken)));
    }

    private SubmitOutcome put(Ticket ticket, boolean isNew, Broker.PutResult result, SubmitOutcome taken) {
        boolean claimed = ticket.stage() == Ticket.Stage.HELD || ticket.isOver();
        if (result instanceof Broker.PutResult.NotStored not && !claimed) {
            if (isNew && !not.maybe()) {
                tickets.remove(ticket.key(), ticket);
            }
            return new SubmitOutcome.Unreachable(not.cause(), not.maybe());
        }
        return taken;
    }

    CompletionStage<PollOutcome> poll(RemoteJob remote) {
        Ticket ticket = tickets.get(remote.id());
        if (ticket == null) {
            ticket = add(remote, Ticket.Stage.SOUGHT);
            tellAll(order(Order.What.REPORT, ticket.key()));
        }
        ticket.remote(remote);
        if (ticket.stage() != Ticket.Stage.SOUGHT || connection.isAway()) {
            return CompletableFuture.completedStage(standing(ticket));
        }
        Ticket sought = ticket;
        CompletableFuture<PollOutcome> answer = ticket.await();
        loop.schedule(HEARSAY, () -> answerWaiting(sought));
        return answer;
    }

    private PollOutcome standing(Ticket ticket) {
        BatchEnd end = ticket.end();
        if (ticket.stage() == Ticket.Stage.ENDED && end != null) {
            return new PollOutcome.Ended(end, ticket.executedBy());
        }
        if (ticket.stage() == Ticket.Stage.LOST) {
            return new PollOutcome.Lost();
        }
        if (connection.isAway()) {
            return new PollOutcome.Throttled(ASK_AGAIN);
        }
        return ticket.stage() == Ticket.Stage.HELD
                ? new PollOutcome.Running(ticket.progress(), ASK_AGAIN, null, false)
                : new PollOutcome.Waiting(ASK_AGAIN);
    }

    private void answerWaiting(Ticket ticket) {
        ticket.takeWaiting().forEach(poll -> poll.complete(standing(ticket)));
    }

    /** Takes a batch back that nobody has begun; false if a worker must be asked. */
    boolean withdraw(RemoteJob remote) {
        Ticket ticket = tickets.get(remote.id());
        if (ticket != null && ticket.stage() == Ticket.Stage.HELD) {
            return false;
        }
        if (ticket == null || ticket.stage() == Ticket.Stage.SOUGHT) {
            tellAll(order(Order.What.DROP, remote.id()));
        }
        if (ticket == null) {
            ticket = add(remote, Ticket.Stage.QUEUED);
        }
        if (!ticket.isOver()) {
            ticket.ended(nothing(BatchEnd.State.CANCELLED, null), now());
            changed(ticket);
        }
        return true;
    }

    boolean isFenced() {
        return fenced;
    }

    /** Which batch, where it is known. */
    Optional<Ticket> ticket(RemoteJob remote) {
        return Optional.ofNullable(tickets.get(remote.id()));
    }

    /** Asks the worker that has or had a batch; empty if it does not answer in time, or there is none. */
    CompletableFuture<Optional<Report>> ask(RemoteJob remote, Order order) {
        Ticket ticket = tickets.get(remote.id());
        if (ticket == null || ticket.worker() == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String number = questions.next();
        CompletableFuture<Optional<Report>> answer = questions.await(number);
        broker.tell(topics.worker(ticket.worker()), order.asking(number).write());
        return answer;
    }

    Order order(Order.What what, String key) {
        return Order.of(what, post.farm(), post.epoch(), key);
    }

    Order order(Order.What what, String key, AttemptId by) {
        return new Order(what, by.farm(), by.epoch(), key, null, by.toString(), null, null);
    }

    // What workers say.

    private void heard(Presence presence) {
        presence.worker().ifPresent(worker -> {
            String id = worker.id().value();
            if (roll.heard(worker, presence, now())) {
                tickets.values().stream()
                        .filter(ticket -> ticket.stage() == Ticket.Stage.HELD && ticket.isHeldBy(id))
                        .forEach(ticket -> tell(id, order(Order.What.REPORT, ticket.key())));
            }
            firstWorker.complete(null);
        });
    }

    private void heard(Report report) {
        if (report.call() != null) {
            questions.answered(report.call(), report);
        }
        Ticket ticket = tickets.get(report.key());
        switch (report.what()) {
            case CLAIM -> claimed(ticket, report);
            case STATUS -> status(ticket, report);
            case UNKNOWN, RETURNED -> hasNotGot(ticket, report);
            case REFUSED -> refused(ticket, report);
            case FENCED -> fenced(report);
            default -> log.trace("pool {}: {} of {}", name, report.what(), report.key());
        }
    }

    private void claimed(@Nullable Ticket ticket, Report report) {
        if (ticket == null) {
            dropUnlessNew(report);
        } else if (ticket.is(Ticket.Stage.SOUGHT, Ticket.Stage.QUEUED) || mayGoOn(ticket, report)) {
            ticket.heldBy(report.worker(), now());
            tell(report.worker(), order(Order.What.RENDER, report.key()));
            changed(ticket);
        } else {
            tell(report.worker(), order(Order.What.DROP, report.key()));
        }
    }

    private static boolean mayGoOn(Ticket ticket, Report report) {
        return ticket.stage() == Ticket.Stage.HELD && ticket.isHeldBy(report.worker());
    }

    /** Right after a take-over the engine may not have asked for a batch yet that it knows. */
    private void dropUnlessNew(Report report) {
        if (now() - openedNanos > 2 * leases.lease().toNanos()) {
            tell(report.worker(), order(Order.What.DROP, report.key()));
        }
    }

    private void status(@Nullable Ticket ticket, Report report) {
        JobStatus job = report.job();
        if (ticket == null) {
            dropUnlessNew(report);
        } else if (job == null) {
            log.debug("pool {}: {} says nothing of batch {}", name, report.worker(), report.key());
        } else if (ticket.is(Ticket.Stage.SOUGHT, Ticket.Stage.QUEUED) || mayGoOn(ticket, report)) {
            ticket.heldBy(report.worker(), now());
            take(ticket, job);
        } else if (ticket.stage() == Ticket.Stage.ENDED && ticket.isHeldBy(report.worker())) {
            tell(report.worker(), order(Order.What.NOTED, report.key()));
        } else {
            tell(report.worker(), order(Order.What.DROP, report.key()));
        }
    }

    private void take(Ticket ticket, JobStatus job) {
        boolean over =
                WireJobState.fromWire(job.state()).filter(WireJobState::ended).isPresent();
        if (over) {
            ticket.ended(job.toEnd(), now());
            tell(String.valueOf(ticket.worker()), order(Order.What.NOTED, ticket.key()));
        } else {
            ticket.progress(job.toProgress());
        }
        changed(ticket);
    }

    private void hasNotGot(@Nullable Ticket ticket, Report report) {
        if (ticket != null && mayGoOn(ticket, report)) {
            lost(ticket, "worker " + report.worker() + " does not have it any more");
        }
    }

    private void refused(@Nullable Ticket ticket, Report report) {
        if (ticket != null && mayGoOn(ticket, report) && report.failure() != null) {
            ticket.ended(nothing(BatchEnd.State.FAILED, report.failure().toFailure()), now());
            changed(ticket);
        }
    }

    private static BatchEnd nothing(BatchEnd.State state, @Nullable Failure failure) {
        return new BatchEnd(state, FrameSet.empty(), failure).withOutputs(List.of());
    }

    private void fenced(Report report) {
        if (report.epoch() != null && report.epoch() > post.epoch()) {
            fenced = true;
        }
    }

    private Ticket add(RemoteJob remote, Ticket.Stage stage) {
        Ticket ticket = new Ticket(remote, stage, now());
        tickets.put(ticket.key(), ticket);
        return ticket;
    }

    private void changed(Ticket ticket) {
        answerWaiting(ticket);
        post.signals().changed(ticket.remote());
    }

    private void tell(String worker, Order order) {
        broker.tell(topics.worker(worker), order.write());
    }

    private void tellAll(Order order) {
        broker.tell(topics.workers(), order.write());
    }

    private long now() {
        return loop.time().nanos();
    }
}
