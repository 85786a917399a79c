package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.node.time.NodeTime;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which jobs a node takes, and starts those.
 *
 * <p>Submits go one at a time, so that keys and slots cannot be taken twice; the end of a job needs no lock.
 */
final class Admission implements JobRun.Ending {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final int slots;
    private final NodeTime time;
    private final JobTable table;
    private final Epochs epochs;
    private final JobMaker maker;
    private final NodeListener listener;
    private final Map<String, JobRun> running = new ConcurrentHashMap<>();
    /** Jobs whose end is not known to everybody who waits for it. */
    private final AtomicInteger untold = new AtomicInteger();

    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private final Object lock = new Object();
    private long nextPid;
    private volatile boolean draining;

    Admission(
            int slots,
            NodeTime time,
            JobTable table,
            Epochs epochs,
            JobMaker maker,
            NodeListener listener,
            long firstPid) {
        this.slots = slots;
        this.time = time;
        this.table = table;
        this.epochs = epochs;
        this.maker = maker;
        this.listener = listener;
        this.nextPid = firstPid;
    }

    int busy() {
        return running.size();
    }

    boolean draining() {
        return draining;
    }

    SubmitResult submit(NodeJobRequest request, SubmitContext context, RateGate gate) {
        long known = epochs.admit(context.attempt());
        if (known > 0) {
            return new SubmitResult.StaleEpoch(known);
        }
        JobRun run;
        synchronized (lock) {
            Optional<SubmitResult> answer = fromKey(request, context).or(() -> refusal(gate));
            if (answer.isPresent()) {
                return answer.get();
            }
            JobMaker.Made made = maker.make(nextPid, request, context, this);
            if (made instanceof JobMaker.Refused refused) {
                return new SubmitResult.Rejected(refused.why());
            }
            JobMaker.Ready ready = (JobMaker.Ready) made;
            run = ready.run();
            nextPid++;
            untold.incrementAndGet();
            running.put(run.job().id(), run);
            table.add(new JobTable.Entry(run.job(), ready.files(), run));
        }
        run.job().logs().within(() -> begin(run));
        return new SubmitResult.Accepted(run.job().view(), true);
    }

    private void begin(JobRun run) {
        NodeJob job = run.job();
        log.debug(
                "Job {} (pid {}) takes frames {}",
                job.id(),
                job.pid(),
                job.request().frames());
        listener.jobTaken(job.view());
        run.start();
    }

    private Optional<SubmitResult> fromKey(NodeJobRequest request, SubmitContext context) {
        return table.byKey(context.key()).map(entry -> {
            NodeJobView view = entry.job().view();
            return entry.job().request().equals(request)
                    ? new SubmitResult.Accepted(view, false)
                    : new SubmitResult.KeyMismatch(view);
        });
    }

    private Optional<SubmitResult> refusal(RateGate gate) {
        Optional<Duration> throttled = gate.tryEnter();
        if (throttled.isPresent()) {
            return Optional.of(new SubmitResult.Throttled(throttled.get()));
        }
        if (draining) {
            return Optional.of(new SubmitResult.Draining(Pace.LONGEST));
        }
        if (running.size() >= slots) {
            return Optional.of(new SubmitResult.SlotsTaken(slots, untilSlotIsFree()));
        }
        if (!table.hasRoom(time.now())) {
            return Optional.of(new SubmitResult.TableFull(table.limit(), Pace.LONGEST));
        }
        return Optional.empty();
    }

    private Duration untilSlotIsFree() {
        return running.values().stream()
                .map(run -> run.job().timeLeft())
                .filter(Objects::nonNull)
                .min(Duration::compareTo)
                .map(Pace::clamp)
                .orElse(Pace.UNKNOWN);
    }

    @Override
    public void free(JobRun run) {
        running.remove(run.job().id());
        table.ended(run.job().id());
    }

    @Override
    public void over(JobRun run) {
        if (untold.decrementAndGet() == 0 && draining) {
            idle.complete(null);
        }
    }

    /** Takes no more; completes once nothing runs. */
    CompletableFuture<Void> drain() {
        synchronized (lock) {
            draining = true;
        }
        if (untold.get() == 0) {
            idle.complete(null);
        }
        return idle;
    }

    void stopAll(Failure reason) {
        running.values().forEach(run -> run.stop(reason));
    }
}
