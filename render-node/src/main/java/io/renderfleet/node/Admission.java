package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.verify.OutputVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which jobs a node takes, and starts those.
 *
 * <p>Submits go one at a time, so that keys and slots cannot be taken twice; the end of a job needs no lock.
 */
final class Admission implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    /** What tasks of a node without files get as folders; nobody makes them. */
    private static final Path NOWHERE = Path.of(System.getProperty("java.io.tmpdir"), "renderfleet-no-files");

    private final int slots;
    private final RenderEngine engine;
    private final NodeTime time;
    private final JobTable table;
    private final Epochs epochs;
    private final Scenes scenes;
    private final @Nullable NodeFolders folders;
    private final long logCap;
    private final OutputVerifier verifier = new OutputVerifier();
    private final ThreadPoolExecutor workers;
    private final Map<String, JobRun> running = new ConcurrentHashMap<>();
    private final AtomicLong nextPid = new AtomicLong(1);
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private final Object lock = new Object();
    private volatile boolean draining;

    Admission(
            int slots,
            RenderEngine engine,
            NodeTime time,
            JobTable table,
            Epochs epochs,
            Scenes scenes,
            @Nullable NodeFolders folders,
            long logCap) {
        this.slots = slots;
        this.engine = engine;
        this.time = time;
        this.table = table;
        this.epochs = epochs;
        this.scenes = scenes;
        this.folders = folders;
        this.logCap = logCap;
        this.workers = workers(slots);
    }

    private static ThreadPoolExecutor workers(int slots) {
        int threads = Math.max(1, Math.min(slots, Runtime.getRuntime().availableProcessors()));
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "render-node-outputs");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
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
            Planned planned = plan(request, context);
            if (planned.refused() != null) {
                return new SubmitResult.Rejected(planned.refused());
            }
            run = Objects.requireNonNull(planned.run());
            running.put(run.job().id(), run);
            table.add(new JobTable.Entry(run.job(), run.outputs(), run));
        }
        log.debug("Job {} (pid {}) takes frames {}", run.job().id(), run.job().pid(), request.frames());
        run.start();
        return new SubmitResult.Accepted(run.job().view(), true);
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

    /** Either is null. */
    private record Planned(@Nullable JobRun run, @Nullable Failure refused) {}

    private Planned plan(NodeJobRequest request, SubmitContext context) {
        Scenes.Found found = scenes.find(request.scene());
        if (found instanceof Scenes.NotHere missing) {
            return new Planned(null, missing.why());
        }
        Scenes.Here scene = (Scenes.Here) found;
        NodeJob job = new NodeJob(Ids.next("j-", 20), nextPid.getAndIncrement(), request, context, time);
        JobFolder folder = folders == null ? null : JobFolder.plan(folders, job.id(), request, context.attempt());
        RenderTask task = task(job, scene.file(), folder);
        Failure refused = engine.check(task).orElse(null);
        if (refused == null && folder != null) {
            refused = make(folder);
        }
        if (refused != null) {
            scene.use().close();
            return new Planned(null, refused);
        }
        Outputs outputs = folder == null
                ? Outputs.NONE
                : new FileOutputs(folder, verifier, new SerialSteps(workers), new JobLog(folder.log(), logCap));
        return new Planned(
                new JobRun(job, engine, task, outputs, time, run -> {
                    scene.use().close();
                    ended(run);
                }),
                null);
    }

    private static RenderTask task(NodeJob job, @Nullable Path scene, @Nullable JobFolder folder) {
        NodeJobRequest request = job.request();
        String name = request.job() == null ? job.id() : request.job().value();
        return new RenderTask(
                request.batch() == null ? name : name + "/" + request.batch(),
                scene,
                request.frames(),
                request.settings(),
                request.output(),
                folder == null ? NOWHERE : folder.attempt(),
                folder == null ? NOWHERE : folder.work(),
                request.timeout());
    }

    private static @Nullable Failure make(JobFolder folder) {
        try {
            folder.make();
            return null;
        } catch (IOException e) {
            log.error("The folders of a job cannot be made", e);
            return Failure.of(
                    FailureKind.OUTPUT_NOT_WRITABLE,
                    "The node cannot write its output root (" + e.getClass().getSimpleName() + "): tell its operator.");
        }
    }

    private void ended(JobRun run) {
        running.remove(run.job().id());
        table.find(run.job().id()).ifPresent(table::ended);
        if (draining && running.isEmpty()) {
            idle.complete(null);
        }
    }

    CompletableFuture<Void> drain() {
        synchronized (lock) {
            draining = true;
        }
        if (running.isEmpty()) {
            idle.complete(null);
        }
        return idle;
    }

    void stopAll(Failure reason) {
        running.values().forEach(run -> run.stop(reason));
    }

    @Override
    public void close() {
        workers.shutdown();
    }
}
