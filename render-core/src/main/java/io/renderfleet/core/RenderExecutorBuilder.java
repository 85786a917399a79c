package io.renderfleet.core;

import io.renderfleet.core.engine.Engine;
import io.renderfleet.core.engine.EngineParts;
import io.renderfleet.core.engine.FarmConfig;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.FarmFullException;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.output.FolderOutputs;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.policy.HealthPolicy;
import io.renderfleet.core.policy.PollPolicy;
import io.renderfleet.core.policy.RetryPolicy;
import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.OutputStore;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.core.store.InMemoryJobStore;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sets up a {@link RenderExecutor}. Only the {@linkplain #transport transport} is required; nodes can be added later.
 *
 * <p>The four policies say what happens when something goes wrong or ends unevenly: {@link #retry} when a frame fails, {@link #polls} and {@link
 * #health} when a node is silent, {@link #balance} when slots are idle at the end.
 *
 * <p>Not thread-safe. Each method checks its value, and {@link #build()} that there is a transport.
 */
public final class RenderExecutorBuilder {
    private static final long LEAST_MEMORY = 1 << 20;

    private final List<Target> targets = new ArrayList<>();
    private final List<NodeDiscovery> discoveries = new ArrayList<>();
    private final List<RenderListener> listeners = new ArrayList<>();
    private @Nullable RenderTransport transport;
    private JobStore store = new InMemoryJobStore();
    private BatchSplitter splitter = BatchSplitters.ofDefaults();
    private @Nullable ContentStore scenes;
    private OutputStore outputs = new FolderOutputs(Path.of("frames"));
    private RetryPolicy retry = RetryPolicy.ofDefaults();
    private PollPolicy polls = PollPolicy.ofDefaults();
    private HealthPolicy health = HealthPolicy.ofDefaults();
    private BalancePolicy balance = BalancePolicy.ofDefaults();
    private SharePolicy shares = SharePolicy.ofDefaults();
    private Duration batchTimeout = Duration.ofHours(24);
    private Duration stallTimeout = Duration.ofHours(6);
    private Duration callTimeout = Duration.ofMinutes(2);
    private Duration jobDeadline = Duration.ofDays(30);
    private Duration keepEnded = Duration.ofDays(7);
    private Duration closeTimeout = Duration.ofSeconds(10);
    private int fetches = 16;
    private int maxJobs = 100_000;
    private int maxUnfinished = 100_000;
    private long maxFile = 8L << 30;
    private boolean decodeFrames;
    private long maxMemory = Runtime.getRuntime().maxMemory() / 2;
    private @Nullable Long maxMemoryOfOwner;
    private @Nullable Integer maxUnfinishedOfOwner;
    private @Nullable String renderer;
    private @Nullable Loop loop;
    private @Nullable Executor callbacks;
    private @Nullable Executor io;
    private @Nullable Long seed;

    RenderExecutorBuilder() {}

    // Essential

    /**
     * Sets how work gets to nodes. The executor starts and closes the transport.
     *
     * @param value such as {@code HttpTransport.create()}, or {@code InProcessTransport} for nodes in this JVM
     * @return this builder
     */
    public RenderExecutorBuilder transport(RenderTransport value) {
        transport = value;
        return this;
    }

    /**
     * Adds nodes, which need not run yet. The executor keeps asking a node that does not answer, and logs that once.
     *
     * @param addresses their addresses, as the transport understands them: {@code http://localhost:3001} over HTTP, {@code inproc:left} in
     *     this JVM
     * @return this builder
     * @throws IllegalArgumentException if one is no absolute URI
     */
    public RenderExecutorBuilder nodes(String... addresses) {
        for (String address : addresses) {
            targets.add(new Target.Machine(absolute(address)));
        }
        return this;
    }

    private static URI absolute(String address) {
        URI uri;
        try {
            uri = new URI(address.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(noAddress(address), e);
        }
        // "localhost:3001" is a URI of the scheme "localhost", but nobody means that.
        boolean isHostAndPort = uri.isOpaque() && uri.getSchemeSpecificPart().matches("\\d+");
        if (!uri.isAbsolute() || isHostAndPort) {
            throw new IllegalArgumentException(noAddress(address));
        }
        return uri;
    }

    private static String noAddress(String address) {
        return "node '" + address + "' is no absolute address: write it like http://localhost:3000";
    }

    /**
     * Adds a target of any kind, such as a pool.
     *
     * @param target the target
     * @return this builder
     */
    public RenderExecutorBuilder target(Target target) {
        targets.add(target);
        return this;
    }

    // Frequent

    /**
     * Adds a way to find nodes, beside the {@link #nodes} that are named here. The executor starts and closes it.
     *
     * @param value finds the nodes
     * @return this builder
     */
    public RenderExecutorBuilder discovery(NodeDiscovery value) {
        discoveries.add(value);
        return this;
    }

    /**
     * Sets the folder below which frames are published, in place of {@link #outputs}; by default {@code frames} in the working directory.
     * Each job has a folder of its own there, unless its {@linkplain RenderRequest#outputFolder(Path) request} names another.
     *
     * @param root a folder, made when it is first needed
     * @return this builder
     */
    public RenderExecutorBuilder outputRoot(Path root) {
        return outputs(new FolderOutputs(root));
    }

    /**
     * Sets where frames are published, in place of {@link #outputRoot}.
     *
     * @param value another sort of store
     * @return this builder
     */
    public RenderExecutorBuilder outputs(OutputStore value) {
        outputs = value;
        return this;
    }

    /**
     * Sets a store in which the executor looks for scenes that nodes lack, by their digest, before it reads the file that the request
     * names: after another coordinator has taken over, that file may be on another machine. By default there is none.
     *
     * @param value a store that coordinators of the farm share; it stays the application's to close
     * @return this builder
     */
    public RenderExecutorBuilder scenes(ContentStore value) {
        scenes = value;
        return this;
    }

    /**
     * Sets how jobs are cut into batches; by default into batches of 5 frames. A request with a {@linkplain RenderRequest#batchSize(int)
     * batch size} of its own is cut by that, and the splitter is not asked. Larger batches start the renderer less often; smaller ones lose
     * less when a node is lost, and spread better at the end.
     *
     * @param value one of {@link BatchSplitters}, such as {@code adaptive()}, or one of the application's own
     * @return this builder
     */
    public RenderExecutorBuilder splitter(BatchSplitter value) {
        splitter = value;
        return this;
    }

    /**
     * Sets the engine for requests that name none ({@link RenderRequest#renderer(String)}). By default such a job takes any engine that a
     * node has, except the test pattern, which draws only where a request asks for it by name.
     *
     * @param engine the name of an engine, such as {@code blender}
     * @return this builder
     * @throws IllegalArgumentException if it cannot be the name of an engine
     */
    public RenderExecutorBuilder renderer(String engine) {
        renderer = RenderRequest.of(Scene.nodeDefault(), "1")
                .renderer(engine)
                .renderer()
                .orElseThrow();
        return this;
    }

    /**
     * Sets where jobs are kept; by default in memory, so that they are lost with the process. The executor opens and closes the store.
     *
     * @param value the store
     * @return this builder
     */
    public RenderExecutorBuilder store(JobStore value) {
        store = value;
        return this;
    }

    /**
     * Adds a listener for everything that happens in the farm.
     *
     * @param value called in order, one event at a time, by the executor of {@link #callbacks}
     * @return this builder
     */
    public RenderExecutorBuilder listener(RenderListener value) {
        listeners.add(value);
        return this;
    }

    /**
     * Sets how often the engine tries again what failed, and how long it waits before that.
     *
     * @param value default {@link RetryPolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder retry(RetryPolicy value) {
        retry = value;
        return this;
    }

    // Rare

    /**
     * Sets how often nodes are polled, and how long a batch may be out of reach before it counts as lost. {@link PollPolicy} says how that
     * works together with {@link #health}.
     *
     * @param value default {@link PollPolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder polls(PollPolicy value) {
        polls = value;
        return this;
    }

    /**
     * Sets when nodes are asked how they are, when they count as lost, and when they are left alone. {@link HealthPolicy} says how that
     * works together with {@link #polls}.
     *
     * @param value default {@link HealthPolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder health(HealthPolicy value) {
        health = value;
        return this;
    }

    /**
     * Sets what is done when slots are idle and no frame waits: whether frames move to idle nodes, and whether a frame may be rendered
     * twice.
     *
     * @param value default {@link BalancePolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder balance(BalancePolicy value) {
        balance = value;
        return this;
    }

    /**
     * Sets how slots are shared between owners, and between the jobs of one owner.
     *
     * @param value default {@link SharePolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder shares(SharePolicy value) {
        shares = value;
        return this;
    }

    /**
     * Sets after what time the engine gives up a call to a node that the transport has not ended. It is a safety net, so it must be longer
     * than the limits of the transport itself. A poll may take longer by the time that the node may hold its answer ({@link
     * PollPolicy#hold()}), a transfer by a second for each 64 KiB.
     *
     * @param value at least a second; default 2 minutes
     * @return this builder
     * @throws IllegalArgumentException if it is shorter
     */
    public RenderExecutorBuilder callTimeout(Duration value) {
        callTimeout = atLeastASecond("callTimeout", value);
        return this;
    }

    /**
     * Sets how long a batch may take once rendering has begun, unless its {@linkplain RenderRequest#batchTimeout(Duration) request} says
     * otherwise. The node stops a batch that takes longer; the engine does a minute later where the node does not. What is missing of it is
     * tried again, as the {@link #retry} policy says. The time covers the whole batch, so larger batches need more.
     *
     * @param value at least 1 s; default 24 hours
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder batchTimeout(Duration value) {
        batchTimeout = atLeastASecond("batchTimeout", value);
        return this;
    }

    /**
     * Sets how long a node may say that it renders a batch without showing any progress: a frame finished or begun, a sample of it, or the
     * scene loaded. Then the batch is stopped with {@link io.renderfleet.core.model.FailureKind#HUNG}, which counts against the node as
     * if it had said so itself, and the rest is rendered elsewhere. A frame that takes longer than this and whose engine tells no samples needs a longer time. Nodes that
     * tell nothing about frames are left to {@link #batchTimeout}.
     *
     * @param value at least 1 s; default 6 hours
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder stallTimeout(Duration value) {
        stallTimeout = atLeastASecond("stallTimeout", value);
        return this;
    }

    /**
     * Sets how long a job may take from its submission, unless its {@linkplain RenderRequest#deadline(Duration) request} says otherwise. A
     * job that takes longer fails; its accepted frames stay.
     *
     * @param value at least 1 s; default 30 days
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder jobDeadline(Duration value) {
        jobDeadline = atLeastASecond("jobDeadline", value);
        return this;
    }

    /**
     * Sets how long the farm remembers jobs that have ended. Of more than 10,000 it forgets the oldest sooner; a job with a {@linkplain
     * RenderRequest#key(io.renderfleet.core.model.SubmissionKey) key} stays for a day at least, so that its key can be repeated. Published
     * frames stay in any case.
     *
     * @param value at least 1 s; default 7 days
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder keepEnded(Duration value) {
        keepEnded = atLeastASecond("keepEnded", value);
        return this;
    }

    /**
     * Sets how many jobs may be known at once, ended ones included; this bounds memory. More are refused with {@link FarmFullException}.
     * Ended jobs count until {@link #keepEnded} is over.
     *
     * @param value 1 to 10,000,000; default 100,000
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder maxJobs(int value) {
        maxJobs = requireJobs("maxJobs", value);
        return this;
    }

    /**
     * Sets how many jobs may be unfinished at once; this bounds the queue. More are refused with {@link FarmFullException}. {@link
     * #maxJobs} limits it, too.
     *
     * @param value 1 to 10,000,000; default 100,000
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder maxUnfinished(int value) {
        maxUnfinished = requireJobs("maxUnfinished", value);
        return this;
    }

    /**
     * Sets how many unfinished jobs one {@linkplain RenderRequest#owner owner} may have, so that one submitter cannot take all of {@link
     * #maxUnfinished}. More are refused with {@link FarmFullException}. Jobs without an owner are not counted.
     *
     * @param value 1 to 10,000,000; default half of {@code maxUnfinished}
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder maxUnfinishedOfOwner(int value) {
        maxUnfinishedOfOwner = requireJobs("maxUnfinishedOfOwner", value);
        return this;
    }

    /**
     * Sets how much memory the jobs that are known may take.
     *
     * <p>A job is charged when it is submitted with an upper estimate of what it can come to: some 12 KiB, 112 bytes for each frame, and
     * up to 312 bytes more for each run of neighbouring frames. So what was accepted always fits, also when a restarted coordinator with
     * the same heap reads it back. Where a job does not fit, ended jobs are forgotten before {@link #keepEnded} is over, those that ended
     * first; if that does not make room, the job is refused with {@link FarmFullException}.
     *
     * @param bytes at least 1 MiB; default half of the greatest heap of this JVM
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder maxMemory(long bytes) {
        maxMemory = requireMemory("maxMemory", bytes);
        return this;
    }

    /**
     * Sets how much of {@link #maxMemory} the jobs of one {@linkplain RenderRequest#owner owner} may take. Jobs without an owner are not
     * counted.
     *
     * @param bytes at least 1 MiB; default half of {@code maxMemory}
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder maxMemoryOfOwner(long bytes) {
        maxMemoryOfOwner = requireMemory("maxMemoryOfOwner", bytes);
        return this;
    }

    /**
     * Sets how large a file of a frame may be. A node that claims more is not asked for the file: the frame counts as failed on that node.
     * Where a request states width and height, its pictures have a lower limit, which is far above what pictures of that size need.
     *
     * @param bytes at least 1 MiB; default 8 GiB
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder maxFile(long bytes) {
        maxFile = requireMemory("maxFile", bytes);
        return this;
    }

    /**
     * Sets whether the pixels of JPEG and TIFF frames are decoded before the frames are published. Their structure is checked in any case,
     * and the pixels of PNG are inflated with it; of OpenEXR and WebP the JDK decodes none. It takes another reading of each file and much more
     * processor time, and puts the JDK's decoders in reach of nodes. It needs the module {@code java.desktop}.
     *
     * @param value default false
     * @return this builder
     */
    public RenderExecutorBuilder decodeFrames(boolean value) {
        decodeFrames = value;
        return this;
    }

    private static long requireMemory(String field, long bytes) {
        if (bytes < LEAST_MEMORY) {
            throw new IllegalArgumentException(field + " is " + bytes + " bytes: it must be at least " + LEAST_MEMORY);
        }
        return bytes;
    }

    private static int requireJobs(String field, int value) {
        if (value < 1 || value > 10_000_000) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be from 1 to 10000000");
        }
        return value;
    }

    /**
     * Sets how long {@link RenderExecutor#close()} waits for the jobs that it cancels to end, and then for the store to write what has
     * happened: for each at most this long.
     *
     * @param value default 10 s
     * @return this builder
     */
    public RenderExecutorBuilder closeTimeout(Duration value) {
        closeTimeout = value;
        return this;
    }

    /**
     * Sets how many files are fetched at once, over all nodes. A farm of many fast nodes may need more.
     *
     * @param value 1 to 1,000; default 16
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder fetches(int value) {
        if (value < 1 || value > 1_000) {
            throw new IllegalArgumentException("fetches is " + value + ": it must be from 1 to 1000");
        }
        fetches = value;
        return this;
    }

    /**
     * Sets the executor that calls listeners and completes futures; by default a thread of this executor's own. Use one where callbacks
     * must run on a thread of the application.
     *
     * @param value runs tasks in order, one at a time
     * @return this builder
     */
    public RenderExecutorBuilder callbacks(Executor value) {
        callbacks = value;
        return this;
    }

    /**
     * Sets the executor for work that blocks, such as hashing scenes and writing files; by default up to 8 threads of this executor's own.
     *
     * @param value any executor
     * @return this builder
     */
    public RenderExecutorBuilder io(Executor value) {
        io = value;
        return this;
    }

    /**
     * Sets the loop that the engine runs on. The caller steps it, as the simulator does, and must not make calls that wait, such as {@link
     * RenderExecutor#submit}, on the thread that steps it. By default the executor has a loop and a thread of its own.
     *
     * @param value a loop that the caller steps
     * @return this builder
     */
    public RenderExecutorBuilder loop(Loop value) {
        loop = value;
        return this;
    }

    /**
     * Makes every random choice repeatable, such as the jitter of waits. With the same loop time and the same answers, the same seed gives
     * the same run.
     *
     * @param value any number; default another one each time
     * @return this builder
     */
    public RenderExecutorBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Opens the store, goes on with the jobs that it has kept, and starts.
     *
     * @return a running executor
     * @throws IllegalStateException if there is no transport
     * @throws io.renderfleet.core.spi.StoreException if the store cannot be opened; store and transport are closed if this or anything else
     *     is thrown
     */
    public RenderExecutor build() {
        return new RenderExecutor(Engine.lead(config(), parts(requireTransport())));
    }

    /**
     * Makes an executor that renders nothing and only shows the jobs of a farm that another coordinator leads, as a stand-by does. It uses
     * the transport for logs only, and neither the store nor nodes.
     *
     * @return an executor without jobs, and the way to apply what happens to them
     * @throws IllegalStateException if there is no transport
     */
    public FarmFollower follow() {
        return new FarmFollower(Engine.follow(config(), parts(requireTransport())));
    }

    private RenderTransport requireTransport() {
        if (transport == null) {
            throw new IllegalStateException("an executor needs a transport: set one, such as HttpTransport.create()");
        }
        return transport;
    }

    private FarmConfig config() {
        return new FarmConfig(
                splitter,
                retry,
                polls,
                health,
                balance,
                shares,
                batchTimeout,
                stallTimeout,
                callTimeout,
                jobDeadline,
                keepEnded,
                closeTimeout,
                fetches,
                maxJobs,
                maxUnfinished,
                maxFile,
                decodeFrames,
                maxMemory,
                maxMemoryOfOwner == null ? maxMemory / 2 : maxMemoryOfOwner,
                maxUnfinishedOfOwner == null ? Math.max(1, maxUnfinished / 2) : maxUnfinishedOfOwner,
                renderer);
    }

    private EngineParts parts(RenderTransport chosen) {
        return new EngineParts(
                chosen, store, outputs, scenes, targets, discoveries, listeners, loop, callbacks, io, seed);
    }

    private static Duration atLeastASecond(String field, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(RenderRequest.MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be from 1 s to 366 days");
        }
        return value;
    }
}
