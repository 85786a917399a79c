package io.renderfleet.transport.queue.worker;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.node.CancelResult;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RateGate;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.ShortenResult;
import io.renderfleet.node.SubmitContext;
import io.renderfleet.node.SubmitResult;
import io.renderfleet.transport.http.wire.SceneReference;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.wire.Order;
import io.renderfleet.transport.queue.wire.Topics;
import io.renderfleet.transport.queue.wire.WorkMessage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker has taken from its queue, and what becomes of it. Belongs to the worker's loop.
 *
 * <p>A batch is acknowledged to the broker as soon as its coordinator says that it is to be rendered, not when it is done: brokers take back
 * what stays unacknowledged for long, and a frame can take hours. From then on the coordinator's lease guards it.
 */
final class Desk {
    private static final Logger log = LoggerFactory.getLogger(Desk.class);

    /** How often a claim is repeated that nobody answers. */
    private static final Duration CLAIM_AGAIN = Duration.ofSeconds(3);

    /** How long a claim may stay unanswered before somebody else is to try; well below what brokers allow. */
    private static final Duration CLAIM_PATIENCE = Duration.ofMinutes(1);

    /** How long nothing is taken after a claim that nobody has answered, or a batch that was returned, so that none goes in circles. */
    private static final Duration REST = Duration.ofSeconds(10);

    private static final int MOST_NOTED = 1_000;
    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);

    private final RenderNode node;
    private final Broker broker;
    private final Loop loop;
    private final String pool;
    private final String worker;
    private final Deposits deposits;
    private final Executor files;
    private final Reporter reporter;
    private final FarmEpochs epochs = new FarmEpochs();
    private final Map<String, Held> held = new LinkedHashMap<>();
    private final Map<String, Held> byJob = new LinkedHashMap<>();

    /** Batches whose end the coordinator knows, and whose frames it may still ask for. */
    private final Map<String, Held> noted = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Held> eldest) {
            return size() > MOST_NOTED;
        }
    };

    private Broker.@Nullable Taking taking;
    private @Nullable LoopTimer rest;
    private boolean draining;
    private @Nullable Runnable onAllTold;

    Desk(RenderNode node, Broker broker, Loop loop, Topics topics, Deposits deposits, Executor files) {
        this.node = node;
        this.broker = broker;
        this.loop = loop;
        this.pool = topics.pool();
        this.worker = node.id().value();
        this.deposits = deposits;
        this.files = files;
        this.reporter = new Reporter(node, broker, topics, loop.time());
    }

    // Taking from the queue.

    void connected() {
        reportAll();
        takeMore();
    }

    /** What was not granted yet goes back to the queue by itself. */
    void disconnected() {
        held.values().removeIf(one -> one.is(Held.Stage.CLAIMED));
        isToldAll();
    }

    void drain() {
        draining = true;
        if (taking != null) {
            taking.close();
            taking = null;
        }
        List.copyOf(held.values()).stream()
                .filter(one -> one.is(Held.Stage.CLAIMED))
                .forEach(this::giveBack);
    }

    private void takeMore() {
        boolean mayTake = !draining && rest == null && taking == null;
        if (mayTake && node.describe().busy() + coming() < node.describe().slots()) {
            taking = broker.take(pool, delivery -> loop.execute(() -> taken(delivery)));
        }
    }

    /** How many batches will take a slot that the node does not know of yet. */
    private long coming() {
        return held.values().stream()
                .filter(one -> one.is(Held.Stage.CLAIMED) || one.is(Held.Stage.PREPARED))
                .count();
    }

    private Optional<NodeJobView> job(Held one) {
        return one.job() == null ? Optional.empty() : node.job(one.job());
    }

    private void taken(Broker.Delivery delivery) {
        taking = null;
        WorkMessage.Work work;
        try {
            work = WorkMessage.read(delivery.message());
        } catch (IllegalArgumentException e) {
            log.warn("worker {}: a message in queue {} is rejected: {}", worker, pool, e.getMessage());
            delivery.reject();
            takeMore();
            return;
        }
        log.debug("worker {}: takes batch {} from queue {}", worker, work.key(), pool);
        if (draining) {
            delivery.giveBack();
            return;
        }
        Held before = held.get(work.key());
        if (before != null && !before.is(Held.Stage.CLAIMED)) {
            delivery.acknowledge();
            reporter.report(before);
        } else {
            Held one = Held.taken(work, delivery, loop.time().nanos());
            held.put(work.key(), one);
            claim(one);
        }
        takeMore();
    }

    private void claim(Held one) {
        if (held.get(one.key()) != one || !one.is(Held.Stage.CLAIMED)) {
            return;
        }
        if (loop.time().nanos() - one.sinceNanos() > CLAIM_PATIENCE.toNanos()) {
            log.warn("worker {}: no coordinator answers about batch {}; it goes back to the queue", worker, one.key());
            giveBack(one);
            rest();
            return;
        }
        reporter.claim(one);
        loop.schedule(CLAIM_AGAIN, () -> claim(one));
    }

    private void rest() {
        if (rest == null) {
            rest = loop.schedule(REST, () -> {
                rest = null;
                takeMore();
            });
        }
    }

    private void giveBack(Held one) {
        held.remove(one.key(), one);
        one.giveBack();
    }

    // What coordinators say.

    void told(Order order) {
        long epoch = epochs.admit(order.farm(), order.epoch());
        if (epoch > order.epoch()) {
            reporter.fenced(order, epoch);
            return;
        }
        Held one = held.get(order.key());
        switch (order.what()) {
            case RENDER -> render(one, order);
            case DROP -> drop(one, order);
            case NOTED -> noted(one);
            case REPORT -> report(one, order);
            case CANCEL -> cancel(order);
            case SHORTEN -> shorten(order);
            case FRAMES -> reporter.frames(order, one == null ? noted.get(order.key()) : one);
            case LOG -> reporter.log(order, jobOf(order.key()));
            default -> log.debug("worker {}: {} is not known here", worker, order.what());
        }
    }

    private void render(@Nullable Held one, Order order) {
        if (one == null || !one.is(Held.Stage.CLAIMED)) {
            return;
        }
        one.at(Held.Stage.PREPARED);
        one.acknowledge();
        prepare(one, one.work(), order.epoch());
    }

    private void prepare(Held one, WorkMessage.@Nullable Work work, long epoch) {
        if (work == null || held.get(one.key()) != one) {
            return;
        }
        files.execute(() -> {
            try {
                Optional<Failure> missing = work.order().scene() instanceof SceneReference.ByContent content
                        ? deposits.bring(content.sha256())
                        : Optional.empty();
                if (missing.isPresent()) {
                    loop.execute(() -> refused(one, missing.get()));
                    return;
                }
                SubmitContext context =
                        new SubmitContext(work.key(), work.attempt().withEpoch(epoch), work.traceparent());
                SubmitResult result = node.submit(Requests.request(work.order()), context, RateGate.OPEN);
                loop.execute(() -> submitted(one, result));
            } catch (NoSuchFileException e) {
                log.info("worker {}: the scene of batch {} is not in the shared store any more", worker, one.key());
                loop.execute(() -> returned(one));
            } catch (IOException e) {
                log.warn("worker {}: the scene of batch {} cannot be fetched: {}", worker, one.key(), e.toString());
                loop.execute(() -> loop.schedule(TRY_AGAIN, () -> prepare(one, work, epoch)));
            } catch (RuntimeException e) {
                log.error("worker {}: batch {} cannot be begun", worker, one.key(), e);
                loop.execute(() -> returned(one));
            }
        });
    }

    private void submitted(Held one, SubmitResult result) {
        boolean dropped = held.get(one.key()) != one;
        if (result instanceof SubmitResult.Accepted accepted) {
            one.job(accepted.job().id());
            if (dropped) {
                node.cancel(accepted.job().id(), null);
                return;
            }
            byJob.put(accepted.job().id(), one);
            reporter.report(one);
            sync(one);
        } else if (result instanceof SubmitResult.Rejected rejected) {
            refused(one, rejected.failure());
        } else if (result instanceof SubmitResult.KeyMismatch) {
            refused(
                    one,
                    Failure.of(
                            FailureKind.INVALID_REQUEST, "The worker knows this key from another batch of the farm."));
        } else {
            log.info("worker {}: batch {} is returned: {}", worker, one.key(), result);
            returned(one);
        }
    }

    private void refused(Held one, Failure failure) {
        if (held.remove(one.key(), one)) {
            reporter.refused(one, failure);
            goOn();
        }
    }

    private void returned(Held one) {
        if (held.remove(one.key(), one)) {
            reporter.returned(one);
            rest();
            isToldAll();
        }
    }

    /** Nobody wants it from this worker. */
    private void drop(@Nullable Held one, Order order) {
        String job = jobOf(order.key());
        if (one != null) {
            forget(one);
            one.acknowledge();
        }
        if (job != null) {
            cancelJob(job, order);
        }
        goOn();
    }

    private void noted(@Nullable Held one) {
        if (one != null && one.is(Held.Stage.ENDED)) {
            forget(one);
            noted.put(one.key(), one);
            goOn();
        }
    }

    private void forget(Held one) {
        held.remove(one.key(), one);
        if (one.job() != null) {
            byJob.remove(one.job());
        }
    }

    private void report(@Nullable Held one, Order order) {
        Held found = one == null ? find(order.key()) : one;
        if (found == null) {
            reporter.unknown(order);
        } else if (found.is(Held.Stage.CLAIMED)) {
            reporter.claim(found);
        } else {
            held.put(found.key(), found);
            if (found.job() != null) {
                byJob.put(found.job(), found);
                sync(found);
            }
            reporter.report(found);
        }
    }

    /** A batch of which only the node knows, since the worker was restarted, or its end was noted. */
    private @Nullable Held find(String key) {
        NodeJobView job = node.jobOfKey(key).orElse(null);
        if (job == null || job.attempt() == null) {
            return null;
        }
        return Held.ofNode(key, job.attempt(), job.id(), loop.time().nanos());
    }

    private @Nullable String jobOf(String key) {
        Held one = held.get(key);
        return one != null && one.job() != null
                ? one.job()
                : node.jobOfKey(key).map(NodeJobView::id).orElse(null);
    }

    private void cancel(Order order) {
        Held one = held.get(order.key());
        String job = jobOf(order.key());
        if (job != null) {
            files.execute(() -> {
                CancelResult result = node.cancel(job, attempt(order, job));
                long known = result instanceof CancelResult.StaleEpoch stale ? stale.known() : 0;
                loop.execute(() -> reporter.answer(order, job, known));
            });
            return;
        }
        if (one != null) {
            forget(one);
            one.acknowledge();
            reporter.returned(one);
        }
        reporter.answer(order, null, 0);
        goOn();
    }

    private void cancelJob(String job, Order order) {
        files.execute(() -> node.cancel(job, attempt(order, job)));
    }

    private @Nullable AttemptId attempt(Order order, String job) {
        try {
            return order.attempt() != null
                    ? AttemptId.parse(order.attempt())
                    : node.job(job)
                            .map(NodeJobView::attempt)
                            .map(made -> made.withEpoch(order.epoch()))
                            .orElse(null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void shorten(Order order) {
        String job = jobOf(order.key());
        FrameSet keep = keep(order);
        if (job == null || keep == null) {
            reporter.answer(order, null, 0);
            return;
        }
        files.execute(() -> {
            ShortenResult result = node.shorten(job, keep, attempt(order, job));
            long known = result instanceof ShortenResult.StaleEpoch stale ? stale.known() : 0;
            loop.execute(() -> reporter.answer(order, job, known));
        });
    }

    private static @Nullable FrameSet keep(Order order) {
        try {
            return order.keep() == null ? null : FrameSet.parse(order.keep());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    // What the node says.

    void changed(String job) {
        Held one = byJob.get(job);
        if (one != null) {
            sync(one);
        }
    }

    /** Delivers what is finished, and reports the end once all of it is delivered. */
    private void sync(Held one) {
        String id = one.job();
        NodeJobView job = job(one).orElse(null);
        if (id == null || job == null) {
            forget(one);
            reporter.returned(one);
            goOn();
            return;
        }
        for (FrameOutput frame : node.frames(id).orElse(List.of())) {
            if (one.beginsDelivery(frame.frame())) {
                deliver(one, id, frame);
            }
        }
        if (job.state().ended() && one.isAllDelivered() && one.is(Held.Stage.RENDERED)) {
            one.at(Held.Stage.ENDED);
            reporter.report(one);
        }
        takeMore();
    }

    private void deliver(Held one, String job, FrameOutput frame) {
        files.execute(() -> {
            try {
                boolean there = deposits.leave(job, frame);
                loop.execute(() -> delivered(one, frame.frame(), there));
            } catch (IOException e) {
                log.warn(
                        "worker {}: frame {} of batch {} cannot be delivered now: {}",
                        worker,
                        frame.frame(),
                        one.key(),
                        e.toString());
                loop.execute(() -> loop.schedule(TRY_AGAIN, () -> {
                    if (held.get(one.key()) == one) {
                        deliver(one, job, frame);
                    }
                }));
            }
        });
    }

    private void delivered(Held one, int frame, boolean there) {
        if (there) {
            one.delivered(frame);
        } else {
            one.undeliverable(frame);
        }
        if (held.get(one.key()) == one) {
            reporter.report(one);
            sync(one);
        }
    }

    /** Says of everything how it stands, since what was said before may be lost. */
    void reportAll() {
        for (Held one : List.copyOf(held.values())) {
            if (one.job() != null) {
                sync(one);
            }
            if (!one.is(Held.Stage.CLAIMED)) {
                reporter.report(one);
            }
        }
        takeMore();
    }

    private void goOn() {
        takeMore();
        isToldAll();
    }

    void whenAllIsTold(Runnable then) {
        onAllTold = then;
        isToldAll();
    }

    private void isToldAll() {
        if (onAllTold != null && held.isEmpty()) {
            onAllTold.run();
            onAllTold = null;
        }
    }
}
