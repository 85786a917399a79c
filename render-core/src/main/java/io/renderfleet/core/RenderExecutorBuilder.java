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
 * Sets a {@link RenderExecutor} up. Only the {@linkplain #transport transport} must be given; nodes can come later.
 *
 * <p>Not thread-safe. Values are checked when they are set, and as a whole by {@link #build()}.
 */
public final class RenderExecutorBuilder {
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
    private Duration batchTimeout = Duration.ofHours(24);
    private Duration callTimeout = Duration.ofMinutes(2);
    private Duration jobDeadline = Duration.ofDays(30);
    private Duration keepEnded = Duration.ofDays(7);
    private Duration closeTimeout = Duration.ofSeconds(10);
    private int fetches = 16;
    private int maxJobs = 100_000;
    private int maxUnfinished = 100_000;
    private @Nullable String renderer;
    private @Nullable Loop loop;
    private @Nullable Executor callbacks;
    private @Nullable Executor io;
    private @Nullable Long seed;

    RenderExecutorBuilder() {}

    // Essential

    /**
     * Sets how work gets to nodes. The executor starts and closes it.
     *
     * @param value such as {@code HttpTransport.create()}, or {@code InProcessTransport} for nodes in this JVM
     * @return this builder
     */
    public RenderExecutorBuilder transport(RenderTransport value) {
        transport = value;
        return this;
    }

    /**
     * Adds nodes, which need not be there yet. A node that does not answer is asked again and again, and logged once.
     *
     * @param addresses where they are, as the transport understands it: {@code http://localhost:3001} over HTTP, {@code inproc:left}
     *     in this JVM
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
     * Adds a target of any sort, such as a pool.
     *
     * @param target whom
     * @return this builder
     */
    public RenderExecutorBuilder target(Target target) {
        targets.add(target);
        return this;
    }

    // Frequent

    /**
     * Adds a way to find nodes. The executor starts and closes it.
     *
     * @param value tells which nodes there are
     * @return this builder
     */
    public RenderExecutorBuilder discovery(NodeDiscovery value) {
        discoveries.add(value);
        return this;
    }

    /**
     * Sets where frames are published; default the folder {@code frames}, with one folder a job unless the request names another.
     *
     * @param root a folder, made when it is first needed
     * @return this builder
     */
    public RenderExecutorBuilder outputRoot(Path root) {
        return outputs(new FolderOutputs(root));
    }

    /**
     * Sets where frames are published.
     *
     * @param value another sort of store
     * @return this builder
     */
    public RenderExecutorBuilder outputs(OutputStore value) {
        outputs = value;
        return this;
    }

    /**
     * Sets where scenes are looked for that nodes lack, by their digest, before the file is read that a request names: after a take-over
     * that file may be on another machine. Default nowhere.
     *
     * @param value a store that coordinators of the farm share; it stays the application's to close
     * @return this builder
     */
    public RenderExecutorBuilder scenes(ContentStore value) {
        scenes = value;
        return this;
    }

    /**
     * Sets how jobs are cut into batches; default batches of 5. A request's own batch size goes before.
     *
     * @param value one of {@link BatchSplitters}, such as {@code adaptive()}, or one of the application's own
     * @return this builder
     */
    public RenderExecutorBuilder splitter(BatchSplitter value) {
        splitter = value;
        return this;
    }

    /**
     * Sets what renders jobs that do not say so themselves ({@link RenderRequest#renderer(String)}); by default any engine that a node
     * has, except the test pattern, which draws only where it is asked for by name.
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
     * Sets where jobs are kept; default in memory. The executor opens and closes it.
     *
     * @param value the store
     * @return this builder
     */
    public RenderExecutorBuilder store(JobStore value) {
        store = value;
        return this;
    }

    /**
     * Adds somebody who hears of everything.
     *
     * @param value called on a thread of its own, in order
     * @return this builder
     */
    public RenderExecutorBuilder listener(RenderListener value) {
        listeners.add(value);
        return this;
    }

    /**
     * Sets how often what failed is tried again.
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
     * Sets how often nodes are polled.
     *
     * @param value default {@link PollPolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder polls(PollPolicy value) {
        polls = value;
        return this;
    }

    /**
     * Sets when nodes are asked how they are, and left alone.
     *
     * @param value default {@link HealthPolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder health(HealthPolicy value) {
        health = value;
        return this;
    }

    /**
     * Sets what is done when slots are idle and nothing waits.
     *
     * @param value default {@link BalancePolicy#ofDefaults()}
     * @return this builder
     */
    public RenderExecutorBuilder balance(BalancePolicy value) {
        balance = value;
        return this;
    }

    /**
     * Sets after what time a call to a node is given up that the transport does not end by itself. It must be longer than the transport's
     * own limits. A poll may take as much longer as the node may hold its answer, a transfer a second longer for each 64 KiB.
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
     * Sets how long a batch may take once rendering has begun, unless its request says otherwise.
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
     * Sets how long a job may take from its submission, unless its request says otherwise.
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
     * Sets how long jobs are listed after they have ended; of many, the last 10,000.
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
     * Sets how many jobs may be known at once, ended ones included. More are refused with {@link FarmFullException}.
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
     * Sets how many jobs may be unfinished at once. More are refused with {@link FarmFullException}.
     *
     * @param value 1 to 10,000,000; default 100,000
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderExecutorBuilder maxUnfinished(int value) {
        maxUnfinished = requireJobs("maxUnfinished", value);
        return this;
    }

    private static int requireJobs(String field, int value) {
        if (value < 1 || value > 10_000_000) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be from 1 to 10000000");
        }
        return value;
    }

    /**
     * Sets how long {@link RenderExecutor#close()} waits.
     *
     * @param value default 10 s
     * @return this builder
     */
    public RenderExecutorBuilder closeTimeout(Duration value) {
        closeTimeout = value;
        return this;
    }

    /**
     * Sets how many frames are fetched at once.
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
     * Sets who calls listeners and completes futures; default a thread of the executor's own.
     *
     * @param value runs tasks in order, one at a time
     * @return this builder
     */
    public RenderExecutorBuilder callbacks(Executor value) {
        callbacks = value;
        return this;
    }

    /**
     * Sets who does what blocks, such as writing files; default up to 8 threads of the executor's own.
     *
     * @param value any executor
     * @return this builder
     */
    public RenderExecutorBuilder io(Executor value) {
        io = value;
        return this;
    }

    /**
     * Has somebody else step the engine's loop, as the simulator does; default a thread of the executor's own. With a loop of one's
     * own, calls that wait, such as {@link RenderExecutor#submit}, must not be made on the thread that steps it.
     *
     * @param value a loop that the caller steps
     * @return this builder
     */
    public RenderExecutorBuilder loop(Loop value) {
        loop = value;
        return this;
    }

    /**
     * Makes every random choice repeatable.
     *
     * @param value any number; default another one each time
     * @return this builder
     */
    public RenderExecutorBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Opens the store, takes up what it has kept, and starts.
     *
     * @return a running executor
     * @throws IllegalStateException if there is no transport
     * @throws io.renderfleet.core.spi.StoreException if the store cannot be opened; whatever else is thrown while it starts, store and
     *     transport are closed then
     */
    public RenderExecutor build() {
        return new RenderExecutor(Engine.lead(config(), parts(requireTransport())));
    }

    /**
     * Makes an executor that renders nothing and only shows the jobs of a farm that another coordinator leads, as a stand-by does. It
     * uses the transport for nothing but logs, and neither the store nor nodes.
     *
     * @return an executor without jobs, and the way to tell it of them
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
                batchTimeout,
                callTimeout,
                jobDeadline,
                keepEnded,
                closeTimeout,
                fetches,
                maxJobs,
                maxUnfinished,
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
