package io.renderfleet.node;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.node.scene.SceneStore;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import io.renderfleet.node.verify.OutputVerifier;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does, without a network: it takes jobs into its slots, renders them with an engine, verifies the frames and answers for them.
 *
 * <pre>{@code
 * try (RenderNode node = RenderNode.builder().engine(new TestPatternEngine()).outputRoot(folder).build()) {
 *     node.submit(NodeJobRequest.of(FrameSet.range(1, 5)), SubmitContext.DIRECT, RateGate.OPEN);
 * }
 * }</pre>
 *
 * <p>Thread-safe. No call waits for rendering.
 */
public final class RenderNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RenderNode.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SWEEP = Duration.ofHours(1);

    private final NodeId id;
    private final String bootId = Ids.next("b-", 12);
    private final String version;
    private final int slots;
    private final Map<String, String> labels;
    private final @Nullable Sandbox sandbox;
    private final OutputVerifier verifier;
    private final RenderEngine engine;
    private final NodeTime time;
    private final Scenes scenes;
    private final JobTable table;
    private final Epochs epochs;
    private final NodeListeners listeners = new NodeListeners();
    private final Admission admission;
    private final @Nullable NodeFolders folders;
    private Registration sweep = Registration.DONE;
    private boolean closed;

    RenderNode(
            RenderNodeBuilder from,
            RenderEngine engine,
            NodeId id,
            @Nullable NodeFolders folders,
            Epochs epochs,
            Scenes scenes,
            JobTable table,
            long firstPid) {
        this.id = id;
        this.version = from.version;
        this.slots = from.slots;
        this.labels = from.labels;
        this.sandbox = from.sandbox;
        this.engine = engine;
        this.time = from.time;
        this.scenes = scenes;
        this.epochs = epochs;
        this.folders = folders;
        this.table = table;
        JobMaker maker = new JobMaker(id, engine, scenes, folders, listeners, from);
        this.verifier = maker.verifier();
        this.admission = new Admission(from.slots, time, table, epochs, maker, listeners, firstPid);
        sweepLater();
    }

    /** Forgets what is over from time to time, so that its files go although nobody comes. */
    private synchronized void sweepLater() {
        if (!closed) {
            sweep = time.after(SWEEP, () -> {
                table.forget(time.now());
                sweepLater();
            });
        }
    }

    /**
     * Names the folder for what an engine keeps only while it runs, such as the sessions of a renderer. A node empties it when it starts.
     *
     * @param state the node's state folder
     * @return a folder in it, which need not be there
     */
    public static Path sessions(Path state) {
        return state.resolve("sessions");
    }

    /**
     * Begins a node.
     *
     * @return a new builder
     */
    public static RenderNodeBuilder builder() {
        return new RenderNodeBuilder();
    }

    /**
     * Returns the node's identity, kept over restarts where it keeps files.
     *
     * @return the identity
     */
    public NodeId id() {
        return id;
    }

    /**
     * Returns the id of this start of the node, which differs from that of every other start.
     *
     * @return URL-safe
     */
    public String bootId() {
        return bootId;
    }

    /**
     * Returns whether frames of this node are files that can be fetched.
     *
     * @return false for a node without an output root
     */
    public boolean keepsFiles() {
        return folders != null;
    }

    /**
     * Says what shuts the programs of the engine in.
     *
     * @return the sandbox, as the node was told of it; empty where it was not
     */
    public Optional<Sandbox> sandbox() {
        return Optional.ofNullable(sandbox);
    }

    /**
     * Describes the node as it is now.
     *
     * @return what {@code GET /node} shows
     */
    public NodeDescription describe() {
        return new NodeDescription(
                id,
                bootId,
                version,
                List.of(engine.info()),
                slots,
                admission.busy(),
                admission.draining(),
                labels,
                Runtime.getRuntime().availableProcessors(),
                memoryBytes(),
                capabilities());
    }

    private Set<Capability> capabilities() {
        if (!keepsFiles()) {
            return EnumSet.of(Capability.LONG_POLL, Capability.CANCEL, Capability.SHORTEN);
        }
        Set<Capability> all = EnumSet.allOf(Capability.class);
        if (!engine.bakes()) {
            all.remove(Capability.BAKE);
        }
        return all;
    }

    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    /**
     * Takes a job, in this order: fencing, idempotency key, rate, drain, slots, room in the job table, scene, engine.
     *
     * @param request what to render
     * @param context what came with it
     * @param gate the rate limit
     * @return what became of it
     */
    public SubmitResult submit(NodeJobRequest request, SubmitContext context, RateGate gate) {
        return admission.submit(request, context, gate);
    }

    /**
     * Finds a job.
     *
     * @param idOrPid its id or pid
     * @return how it stands, or empty if there is none
     */
    public Optional<NodeJobView> job(String idOrPid) {
        return table.find(idOrPid).map(entry -> entry.job().view());
    }

    /**
     * Finds the job that was made under an idempotency key.
     *
     * @param key the key
     * @return how it stands, or empty if the node has made none under it, or has forgotten it
     */
    public Optional<NodeJobView> jobOfKey(String key) {
        return table.byKey(key).map(entry -> entry.job().view());
    }

    /**
     * Waits for a change of a job without holding a thread.
     *
     * @param idOrPid its id or pid
     * @param sinceVersion call back as soon as the version of the job is greater, at most four times a second
     * @param endOnly call back at the end only
     * @param callback called once, perhaps before this method returns, on any thread; must be quick and not block
     * @return calls it off, or empty if there is no such job
     */
    public Optional<Registration> onChange(
            String idOrPid, long sinceVersion, boolean endOnly, Consumer<NodeJobView> callback) {
        return table.find(idOrPid).map(entry -> entry.job().watch(sinceVersion, endOnly, callback));
    }

    /**
     * Has somebody hear what happens from now on.
     *
     * @param listener called for all jobs
     * @return calls it off
     */
    public Registration listen(NodeListener listener) {
        return listeners.add(listener);
    }

    /**
     * Stops a job and every process of it.
     *
     * @param idOrPid its id or pid
     * @param by the coordinator's attempt, with its own epoch; null where a client asks directly
     * @return what became of it
     */
    public CancelResult cancel(String idOrPid, @Nullable AttemptId by) {
        long known = epochs.admit(by);
        if (known > 0) {
            return new CancelResult.StaleEpoch(known);
        }
        Optional<JobTable.Entry> found = table.find(idOrPid);
        if (found.isEmpty()) {
            return new CancelResult.UnknownJob();
        }
        NodeJob job = found.get().job();
        JobRun run = found.get().run();
        if (run != null && !job.ended()) {
            job.cancelled();
            job.logs().within(() -> run.stop(Failure.of(FailureKind.CANCELLED, "Somebody cancelled the job.")));
        }
        NodeJobView view = job.view();
        return view.state().ended() ? new CancelResult.Stopped(view) : new CancelResult.Stopping(view);
    }

    /**
     * Takes untouched frames away from a job.
     *
     * @param idOrPid its id or pid
     * @param keep frames to go on with
     * @param by the coordinator's attempt, with its own epoch; null where a client asks directly
     * @return what the job keeps: its own frames that are asked for, finished, or being rendered
     */
    public ShortenResult shorten(String idOrPid, FrameSet keep, @Nullable AttemptId by) {
        long known = epochs.admit(by);
        if (known > 0) {
            return new ShortenResult.StaleEpoch(known);
        }
        Optional<JobTable.Entry> found = table.find(idOrPid);
        if (found.isEmpty()) {
            return new ShortenResult.UnknownJob();
        }
        NodeJob job = found.get().job();
        JobRun run = found.get().run();
        if (run == null || job.ended()) {
            return new ShortenResult.AlreadyEnded(job.view());
        }
        run.shorten(keep);
        NodeJobView view = job.view();
        return view.state().ended() ? new ShortenResult.AlreadyEnded(view) : new ShortenResult.Kept(view.frames());
    }

    /**
     * Lists the frames that a job has finished, also while it runs.
     *
     * @param idOrPid its id or pid
     * @return the frames in the order in which they were finished, or empty if there is no such job
     */
    public Optional<List<FrameOutput>> frames(String idOrPid) {
        return table.find(idOrPid)
                .map(entry -> entry.files() == null ? List.of() : entry.files().frames());
    }

    /**
     * Lists the frames of a job that has ended, where they are so few that they are sent together with the end.
     *
     * @param idOrPid its id or pid
     * @return what {@link #frames} gives, at most 100 frames; empty if there are more, the job runs still, or there is none, and on a
     *     node that keeps no files
     */
    public Optional<List<FrameOutput>> outputs(String idOrPid) {
        return table.find(idOrPid)
                .filter(entry -> entry.job().ended() && entry.job().finished().size() <= JobFiles.FEW)
                .map(JobTable.Entry::files)
                .flatMap(JobFiles::few);
    }

    /**
     * Finds a file of a finished frame.
     *
     * @param idOrPid the job's id or pid
     * @param frame the frame
     * @param name the file's name as {@link #frames} gives it, or null for the main one
     * @return an existing file inside the node's output root that is what was rendered; empty if there is none, or it was changed since
     */
    public Optional<Path> file(String idOrPid, int frame, @Nullable String name) {
        JobFiles files = files(idOrPid);
        if (files == null) {
            return Optional.empty();
        }
        return files.frame(frame)
                .flatMap(output -> output.files().stream()
                        .filter(file -> name == null ? file.main() : file.name().equals(name))
                        .findFirst())
                .flatMap(file -> files.file(file.name()).filter(path -> isAsRendered(path, file)));
    }

    private boolean isAsRendered(Path path, OutputFile file) {
        try {
            if (verifier.isAsVerified(path, file)) {
                return true;
            }
            log.warn("{} is not handed out: it was changed after it was rendered", path);
        } catch (IOException e) {
            log.warn("{} is not handed out: it cannot be read: {}", path, e.toString());
        }
        return false;
    }

    /**
     * Finds a finished frame.
     *
     * @param idOrPid the job's id or pid
     * @param frame the frame
     * @return its files, or empty if there is no such job, or the frame is not finished
     */
    public Optional<FrameOutput> frame(String idOrPid, int frame) {
        JobFiles files = files(idOrPid);
        return files == null ? Optional.empty() : files.frame(frame);
    }

    /**
     * Finds the zip of the scene that a job has baked, as {@link NodeJobView#scene} describes it.
     *
     * @param idOrPid the job's id or pid
     * @return an existing file inside the node's output root that nobody writes any more; empty if there is no such job, or it has not
     *     baked, or not yet, and once a job has ended that came from no coordinator
     */
    public Optional<Path> baked(String idOrPid) {
        return table.find(idOrPid)
                .filter(entry -> {
                    SceneReport scene = entry.job().scene();
                    return scene != null && scene.baked() != null;
                })
                .map(JobTable.Entry::files)
                .flatMap(JobFiles::baked);
    }

    private @Nullable JobFiles files(String idOrPid) {
        return table.find(idOrPid).map(JobTable.Entry::files).orElse(null);
    }

    /**
     * Finds the log of a job, which grows while it runs.
     *
     * @param idOrPid the job's id or pid
     * @return an existing file, or empty
     */
    public Optional<Path> log(String idOrPid) {
        JobFiles files = files(idOrPid);
        return files == null ? Optional.empty() : files.log();
    }

    /**
     * Returns the store of scenes that were sent by content.
     *
     * @return the store, or empty on a node that keeps no files
     */
    public Optional<SceneStore> scenes() {
        return Optional.ofNullable(scenes.store());
    }

    /**
     * Takes no more jobs from now on, and hands those that run back after a while.
     *
     * @param grace how long running jobs may go on; those that are not done by then end as failed with kind {@code NODE_DRAINED},
     *     their finished frames kept
     * @return completes once no job runs
     */
    public CompletionStage<Void> drain(Duration grace) {
        CompletableFuture<Void> idle = admission.drain();
        Registration alarm = time.after(grace, this::handBack);
        return idle.whenComplete((nothing, failed) -> alarm.close());
    }

    private void handBack() {
        admission.stopAll(Failure.of(
                FailureKind.NODE_DRAINED,
                "The node is shutting down; what is finished is kept, the rest can be rendered elsewhere."));
    }

    /** Stops everything that runs and all its processes, and closes the engine. Waits up to 10 seconds; can be called twice. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            sweep.close();
        }
        CompletableFuture<Void> idle = admission.drain();
        handBack();
        try {
            idle.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("Node {} closes although {} jobs have not stopped", id, admission.busy());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an idle node cannot fail", e);
        }
        engine.close();
        epochs.close();
        if (folders != null) {
            try {
                folders.close();
            } catch (IOException e) {
                log.warn("Node {}: its state folder could not be given free", id, e);
            }
        }
    }
}
