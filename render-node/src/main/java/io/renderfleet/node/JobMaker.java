package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.journal.JobJournal;
import io.renderfleet.node.output.JobLog;
import io.renderfleet.node.output.SceneDigests;
import io.renderfleet.node.output.SerialSteps;
import io.renderfleet.node.scene.SceneRef;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import io.renderfleet.node.verify.OutputVerifier;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a job of a request: finds its scene, asks the engine, makes its folders and its journal. */
final class JobMaker {
    private static final Logger log = LoggerFactory.getLogger(JobMaker.class);
    /** What tasks of a node without files get as folders; nobody makes them. */
    private static final Path NOWHERE = Path.of(System.getProperty("java.io.tmpdir"), "renderfleet-no-files");

    private final NodeId node;
    private final RenderEngine engine;
    private final NodeTime time;
    private final Scenes scenes;
    private final @Nullable NodeFolders folders;
    private final NodeListener listener;
    private final long logCap;
    private final OutputVerifier verifier = new OutputVerifier();
    private final SceneDigests digests = new SceneDigests();
    private final Executor workers;

    JobMaker(
            NodeId node,
            RenderEngine engine,
            Scenes scenes,
            @Nullable NodeFolders folders,
            NodeListener listener,
            RenderNodeBuilder from) {
        this.node = node;
        this.engine = engine;
        this.time = from.time;
        this.scenes = scenes;
        this.folders = folders;
        this.listener = listener;
        this.logCap = from.logCap;
        this.workers = workers(from.slots);
    }

    /** What looks at the frames of all jobs, and knows which it has looked at. */
    OutputVerifier verifier() {
        return verifier;
    }

    /** Threads that come with work and go without it, and therefore need no end. */
    private static Executor workers(int slots) {
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

    /** What came of a request. */
    sealed interface Made {}

    /**
     * A job that can be started.
     *
     * @param run the job
     * @param files where its frames are, or null on a node that keeps none
     */
    record Ready(JobRun run, @Nullable JobFiles files) implements Made {}

    record Refused(Failure why) implements Made {}

    /** Makes a job; {@code ending} hears of its end. */
    Made make(long pid, NodeJobRequest request, SubmitContext context, JobRun.Ending ending) {
        if (request.output().text().startsWith(NodeFolders.ATTEMPTS)) {
            return new Refused(Failure.of(
                    FailureKind.INVALID_REQUEST,
                    "output begins with " + NodeFolders.ATTEMPTS + ", which is the node's own: choose another name."));
        }
        Failure nameless = nameless(request).orElse(null);
        if (nameless != null) {
            return new Refused(nameless);
        }
        if (request.renderer() != null
                && !request.renderer().equals(engine.info().name())) {
            return new Refused(Failure.of(
                    FailureKind.ENGINE_UNAVAILABLE,
                    "This node renders with " + engine.info().name() + ", and the request names the renderer "
                            + request.renderer() + ": ask another node, or leave renderer out."));
        }
        Scenes.Found found = scenes.find(request.scene());
        if (found instanceof Scenes.NotHere missing) {
            return new Refused(missing.why());
        }
        Scenes.Here scene = (Scenes.Here) found;
        NodeJob job = new NodeJob(Ids.next("j-", 20), pid, request, context, time, listener);
        Made made = folders == null ? makeWithoutFiles(job, scene, ending) : makeWithFiles(job, scene, folders, ending);
        if (made instanceof Refused) {
            scene.use().close();
        }
        return made;
    }

    /** Where the locale is not in UTF-8, the JVM has no files with letters beyond its. */
    private static Optional<Failure> nameless(NodeJobRequest request) {
        String scene = request.scene() instanceof SceneRef.Named named ? named.name() : "";
        try {
            var unused = Path.of(request.output().text(), scene);
            return Optional.empty();
        } catch (InvalidPathException impossible) {
            return Optional.of(Failure.of(
                    FailureKind.OUTPUT_NOT_WRITABLE,
                    "No file can be called '" + impossible.getInput()
                            + "' on this node: tell its operator to start it with the variable LC_ALL=C.UTF-8."));
        }
    }

    private Made makeWithoutFiles(NodeJob job, Scenes.Here scene, JobRun.Ending ending) {
        RenderTask task = task(job, scene.file(), NOWHERE, NOWHERE);
        Failure refused = engine.check(task).orElse(null);
        return refused != null
                ? new Refused(refused)
                : new Ready(run(job, task, Outputs.NONE, scene.use(), ending), null);
    }

    private Made makeWithFiles(NodeJob job, Scenes.Here scene, NodeFolders in, JobRun.Ending ending) {
        JobFolder folder =
                JobFolder.plan(in, job.id(), job.request(), job.context().attempt());
        RenderTask task = task(job, scene.file(), folder.attempt(), folder.work());
        Failure refused = engine.check(task).orElse(null);
        if (refused != null) {
            return new Refused(refused);
        }
        try {
            // The journal first: it names the folders, if the process is killed in between.
            JobJournal journal = JobJournal.create(folder.journal(), JobRecords.of(job, folder, in.output()));
            make(folder, journal, in);
            JobFiles files = JobFiles.ofNew(folder);
            Outputs outputs = new FileOutputs(
                    folder,
                    files,
                    log(job, folder),
                    journal,
                    new FrameOrigin(node, engine.info(), job.request(), scene.file(), digests),
                    new SerialSteps(step -> workers.execute(() -> job.logs().within(step))),
                    verifier,
                    time);
            return new Ready(run(job, task, outputs, scene.use(), ending), files);
        } catch (IOException e) {
            log.error("Job {}: its folders or its journal cannot be made", job.id(), e);
            folder.discard();
            return new Refused(Failure.of(
                    FailureKind.OUTPUT_NOT_WRITABLE,
                    "The node cannot write its own folders (" + e.getClass().getSimpleName()
                            + "): tell its operator."));
        }
    }

    private JobLog log(NodeJob job, JobFolder folder) {
        NodeJobRequest request = job.request();
        JobLog jobLog = new JobLog(folder.log(), logCap);
        jobLog.title("Job " + job.id() + " of node " + node + ": frames " + request.frames()
                + (request.job() == null ? "" : ", job " + request.job())
                + (request.batch() == null ? "" : ", batch " + request.batch())
                + (job.context().attempt() == null
                        ? ""
                        : ", attempt " + job.context().attempt())
                + (job.context().traceparent() == null
                        ? ""
                        : ", trace " + job.context().traceparent()));
        return jobLog;
    }

    private static void make(JobFolder folder, JobJournal journal, NodeFolders in) throws IOException {
        try {
            folder.make(in.output());
        } catch (IOException e) {
            journal.close();
            throw e;
        }
    }

    private JobRun run(NodeJob job, RenderTask task, Outputs outputs, Registration scene, JobRun.Ending ending) {
        return new JobRun(job, engine, task, outputs, time, new JobRun.Ending() {
            @Override
            public void free(JobRun run) {
                scene.close();
                ending.free(run);
            }

            @Override
            public void over(JobRun run) {
                ending.over(run);
            }
        });
    }

    private static RenderTask task(NodeJob job, @Nullable Path scene, Path output, Path work) {
        NodeJobRequest request = job.request();
        String name = request.job() == null ? job.id() : request.job().value();
        return new RenderTask(
                request.batch() == null ? name : name + "/" + request.batch(),
                scene,
                request.frames(),
                request.settings(),
                request.scenePolicy(),
                request.output(),
                output,
                work,
                request.timeout(),
                job.context().traceparent());
    }
}
