package io.renderfleet.orchestrator;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenVerifier;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.output.FolderOutputs;
import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.core.store.InMemoryJobStore;
import io.renderfleet.http.server.AuditLog;
import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.Callers;
import io.renderfleet.http.server.HealthPort;
import io.renderfleet.http.server.HostCheck;
import io.renderfleet.http.server.HttpLimits;
import io.renderfleet.http.server.ListeningServer;
import io.renderfleet.http.server.RateLimit;
import io.renderfleet.http.server.Router;
import io.renderfleet.http.server.Sessions;
import io.renderfleet.http.server.SignInLimit;
import io.renderfleet.http.server.metrics.ServerMetrics;
import io.renderfleet.metrics.MeasuredStore;
import io.renderfleet.metrics.MeasuredTransport;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import io.renderfleet.transport.http.HttpTransport;
import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.queue.QueueTransport;
import io.renderfleet.webhook.WebhookTarget;
import io.renderfleet.webhook.Webhooks;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sets an orchestrator up: either around an {@link #executor} of the application, or with one of its own that is made from {@link #nodes}
 * and {@link #transport}. Not thread-safe.
 */
public final class OrchestratorServerBuilder {
    private static final long GIB = 1L << 30;

    private final List<String> nodes = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final List<String> allowedHosts = new ArrayList<>();
    private final List<AccessToken> tokens = new ArrayList<>();
    private final List<TokenVerifier> verifiers = new ArrayList<>();
    private final List<String> nodeUrls = new ArrayList<>();
    private final List<RenderListener> listeners = new ArrayList<>();
    private final List<NodeDiscovery> discoveries = new ArrayList<>();
    private final List<WebhookTarget> webhooks = new ArrayList<>();
    private @Nullable RenderExecutor executor;
    private @Nullable RenderTransport transport;
    private @Nullable NodeKeys nodeKeys;
    private @Nullable JobStore store;
    private @Nullable Path defaultScene;
    private @Nullable Path sceneFolder;
    private @Nullable ContentStore sceneStore;
    private @Nullable ContentStore content;
    private @Nullable QueueTransport queues;
    private final List<Target.Pool> pools = new ArrayList<>();
    private long sceneLimit = 4 * GIB;
    private long sceneQuota = 64 * GIB;
    private Path outputRoot = Path.of("frames");
    private boolean sharedOutput;
    private boolean syncFrames = true;
    private BatchSplitter splitter = BatchSplitters.ofDefaults();
    private String renderer = "blender";
    private NodeUrls allowed = NodeUrls.of(List.of());
    private Duration nodeLease = Duration.ofSeconds(15);
    private String host = "127.0.0.1";
    private int port = 4000;
    private boolean allowAnonymous;
    private @Nullable TlsFiles tls;
    private boolean insecureHttp;
    private boolean trustProxy;
    private ReadOthers readOthers = ReadOthers.STATUS;
    private AuditLog audit = AuditLog.NONE;
    private RateLimit signInLimit = new RateLimit(60, Duration.ofMinutes(1));
    private HttpLimits limits = HttpLimits.USUAL;
    private @Nullable Binding health;
    private int maxJobs = 10_000;
    private @Nullable Integer maxJobsOfOwner;
    private SharePolicy shares = SharePolicy.ofDefaults();
    private @Nullable Long jobMemory;
    private long maxFile = 8L << 30;
    private boolean decodeFrames;
    private Duration stallTimeout = Duration.ofHours(6);
    private Duration keepEnded = Duration.ofDays(7);
    private int maxFrames = ApiLimits.USUAL.frames();
    private int maxEventClients = ApiLimits.USUAL.eventClients();
    private int maxPriority = ApiLimits.USUAL.priority();
    private Duration patience = ApiLimits.USUAL.patience();
    private long logQuota = GIB;
    private @Nullable Path logFolder;
    private @Nullable RateLimit rateLimit = ApiLimits.USUAL.rate();

    OrchestratorServerBuilder() {}

    // The farm

    /**
     * Serves a farm of the application's, which stays its own to close.
     *
     * @param value the farm
     * @return this builder
     */
    public OrchestratorServerBuilder executor(RenderExecutor value) {
        executor = value;
        return this;
    }

    /**
     * Adds a program that is told when jobs end and nodes fail, as {@link Webhooks} says.
     *
     * @param value whom to tell; what is still to be told is kept in the {@link #store}, and forgotten at the end where there is none
     * @return this builder
     */
    public OrchestratorServerBuilder webhook(WebhookTarget value) {
        webhooks.add(value);
        return this;
    }

    /**
     * Adds a listener for everything that happens in the farm that the server makes for itself.
     *
     * @param value called as {@link RenderListener} says
     * @return this builder
     */
    public OrchestratorServerBuilder listener(RenderListener value) {
        listeners.add(value);
        return this;
    }

    /**
     * Adds nodes to the farm that the server makes for itself.
     *
     * @param addresses such as {@code http://localhost:3001}
     * @return this builder
     */
    public OrchestratorServerBuilder nodes(String... addresses) {
        nodes.addAll(List.of(addresses));
        return this;
    }

    /**
     * Adds a target of any kind to the farm that the server makes for itself, such as a pool.
     *
     * @param value the target, to which the {@link #transport} leads
     * @return this builder
     */
    public OrchestratorServerBuilder target(Target value) {
        targets.add(value);
        return this;
    }

    /**
     * Has the server's own farm find nodes.
     *
     * @param value finds the nodes; the server starts and closes it
     * @return this builder
     */
    public OrchestratorServerBuilder discovery(NodeDiscovery value) {
        discoveries.add(value);
        return this;
    }

    /**
     * Allows nodes to register at more URLs than below the address that they call from.
     *
     * @param rules each {@code caller} for the address that a node calls from, which is all that is allowed without rules; a range of
     *     addresses such as {@code 10.0.0.0/8}; a host such as {@code node-1} or {@code *.farm.example}; or the beginning of a URL such as
     *     {@code https://nodes.example:3000/}
     * @return this builder
     * @throws IllegalArgumentException if a rule cannot be read
     */
    public OrchestratorServerBuilder nodeUrls(String... rules) {
        List<String> all = new ArrayList<>(nodeUrls);
        all.addAll(List.of(rules));
        allowed = NodeUrls.of(all);
        nodeUrls.addAll(List.of(rules));
        return this;
    }

    /**
     * Sets for how long a node that has registered counts as there.
     *
     * @param value 1 second to 1 hour; default 15 s; a node registers again after a third of it
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public OrchestratorServerBuilder nodeLease(Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("nodeLease is " + value + ": it must be from 1 s to 1 hour");
        }
        nodeLease = value;
        return this;
    }

    /**
     * Sets how the server's own farm reaches its nodes; default over HTTP, without a token.
     *
     * @param value such as {@code HttpTransport.builder().token(token).build()}
     * @return this builder
     */
    public OrchestratorServerBuilder transport(RenderTransport value) {
        transport = value;
        return this;
    }

    /**
     * Sets where the jobs of the server's own farm are kept. Closing the server then leaves unfinished ones to the next start.
     *
     * @param value a store that outlives the process; the server opens and closes it. Default none: jobs are in memory, and cancelled
     *     when the server is closed
     * @return this builder
     */
    public OrchestratorServerBuilder store(JobStore value) {
        store = value;
        return this;
    }

    /**
     * Sets where the server's own farm publishes frames; default the folder {@code frames}.
     *
     * @param value a folder, made if it is not there
     * @return this builder
     */
    public OrchestratorServerBuilder outputRoot(Path value) {
        outputRoot = value;
        return this;
    }

    /**
     * Says that nodes write into the {@link #outputRoot}, too: their frames are published from there and not fetched.
     *
     * @return this builder
     */
    public OrchestratorServerBuilder outputSharedWithNodes() {
        sharedOutput = true;
        return this;
    }

    /**
     * Sets whether a frame of the server's own farm is accepted only once it is on the disk.
     *
     * @param value default true; otherwise a loss of power can take frames that jobs count as done
     * @return this builder
     * @see FolderOutputs#leavingSyncToSystem
     */
    public OrchestratorServerBuilder syncFrames(boolean value) {
        syncFrames = value;
        return this;
    }

    /**
     * Sets how many frames go to a node together in the server's own farm, unless a request says otherwise.
     *
     * @param value 1 to 10,000; default 5
     * @return this builder
     */
    public OrchestratorServerBuilder batchSize(int value) {
        splitter = BatchSplitters.fixed(value);
        return this;
    }

    /**
     * Has batches of the server's own farm cut to what frames and nodes are measured to take, unless a request says otherwise.
     *
     * @return this builder
     */
    public OrchestratorServerBuilder adaptiveBatches() {
        splitter = BatchSplitters.adaptive();
        return this;
    }

    /**
     * Sets what renders jobs of the server's own farm that do not say so themselves. Nodes that have another engine get no such jobs.
     *
     * @param engine the name of an engine, such as {@code command} or {@code test-pattern}; default {@code blender}
     * @return this builder
     */
    public OrchestratorServerBuilder renderer(String engine) {
        renderer = engine;
        return this;
    }

    /**
     * Sets how many jobs of the server's own farm may be unfinished at once.
     *
     * @param value 1 to 10,000,000; default 10,000
     * @return this builder
     */
    public OrchestratorServerBuilder maxJobs(int value) {
        maxJobs = value;
        return this;
    }

    /**
     * Sets how many jobs of one owner may be unfinished at once in the server's own farm.
     *
     * @param value 1 to 10,000,000; default half of {@link #maxJobs}
     * @return this builder
     */
    public OrchestratorServerBuilder maxJobsOfOwner(int value) {
        maxJobsOfOwner = value;
        return this;
    }

    /**
     * Sets how the server's own farm is shared between owners, and between the jobs of one owner.
     *
     * @param value default {@link SharePolicy#ofDefaults()}
     * @return this builder
     */
    public OrchestratorServerBuilder shares(SharePolicy value) {
        shares = value;
        return this;
    }

    /**
     * Sets the highest priority that submitters may give a job, since priority goes before all shares. A higher one is 403; operators and
     * callers without roles may give 1,000.
     *
     * @param value −1,000 to 1,000; default 1,000
     * @return this builder
     */
    public OrchestratorServerBuilder maxPriority(int value) {
        maxPriority = value;
        return this;
    }

    /**
     * Sets how large a file of a frame may be in the server's own farm.
     *
     * @param bytes at least 1 MiB; default 8 GiB
     * @return this builder
     * @see RenderExecutorBuilder#maxFile
     */
    public OrchestratorServerBuilder maxFile(long bytes) {
        maxFile = bytes;
        return this;
    }

    /**
     * Sets whether the server's own farm decodes the pixels of frames before it publishes them.
     *
     * @param value default false
     * @return this builder
     * @see RenderExecutorBuilder#decodeFrames
     */
    public OrchestratorServerBuilder decodeFrames(boolean value) {
        decodeFrames = value;
        return this;
    }

    /**
     * Sets how long a node of the server's own farm may say that it renders a batch without showing any progress.
     *
     * @param value at least 1 s; default 6 hours
     * @return this builder
     * @see RenderExecutorBuilder#stallTimeout
     */
    public OrchestratorServerBuilder stallTimeout(Duration value) {
        stallTimeout = value;
        return this;
    }

    /**
     * Sets how much memory the jobs of the server's own farm may take; those of one owner may take half of it.
     *
     * @param bytes at least 1 MiB; default half of the greatest heap of this JVM
     * @return this builder
     * @see RenderExecutorBuilder#maxMemory
     */
    public OrchestratorServerBuilder jobMemory(long bytes) {
        jobMemory = bytes;
        return this;
    }

    /**
     * Sets how long jobs of the server's own farm are known after they have ended; of many, the last 10,000. Their frames stay where they
     * are published.
     *
     * @param value at least 1 s; default 7 days
     * @return this builder
     */
    public OrchestratorServerBuilder keepEnded(Duration value) {
        keepEnded = value;
        return this;
    }

    /**
     * Sets where scenes are kept that are sent to the server; default {@code .scenes} below the {@link #outputRoot} where the server
     * has a farm of its own, and nowhere else.
     *
     * @param value a folder, made if it is not there; orchestrators of one farm share it, as they share the output root
     * @return this builder
     */
    public OrchestratorServerBuilder sceneFolder(Path value) {
        sceneFolder = value;
        return this;
    }

    /**
     * Sets where scenes are kept that are sent to the server, in the place of a folder; {@link #sceneFolder}, {@link #sceneLimit} and
     * {@link #sceneQuota} do not matter then.
     *
     * @param value such as one that keeps them in an object store; the server closes it
     * @return this builder
     */
    public OrchestratorServerBuilder scenes(ContentStore value) {
        sceneStore = value;
        return this;
    }

    /**
     * Adds pools of workers, and shows how they stand by {@code GET /pools} and in the metrics. With an {@link #executor} of the application's they are
     * shown only.
     *
     * @param way leads to them; it must also be in the {@link #transport}
     * @param which the pools
     * @return this builder
     */
    public OrchestratorServerBuilder pools(QueueTransport way, Collection<Target.Pool> which) {
        queues = way;
        pools.addAll(which);
        targets.addAll(which);
        return this;
    }

    /**
     * Lets workers of pools have scenes, and leave frames, by {@code /content/{sha256}}: those that have no other way to the store that their
     * pool shares with this server.
     *
     * @param value the store of the pool; the server closes it
     * @return this builder
     */
    public OrchestratorServerBuilder content(ContentStore value) {
        content = value;
        return this;
    }

    /**
     * Sets how large a scene may be that is sent to the server.
     *
     * @param bytes at least 1; default 4 GiB
     * @return this builder
     */
    public OrchestratorServerBuilder sceneLimit(long bytes) {
        sceneLimit = bytes;
        return this;
    }

    /**
     * Sets how much room all scenes together may take.
     *
     * @param bytes at least 1; default 64 GiB
     * @return this builder
     */
    public OrchestratorServerBuilder sceneQuota(long bytes) {
        sceneQuota = bytes;
        return this;
    }

    /**
     * Sets the keys by which the orchestrator gets into its nodes. A {@link #transport} that is given needs them, too, as its tokens.
     *
     * @param value default keys in memory: after a restart, nodes must register anew, each with a token
     * @return this builder
     */
    public OrchestratorServerBuilder nodeKeys(NodeKeys value) {
        nodeKeys = value;
        return this;
    }

    // The API

    /**
     * Sets the scene of requests that name none; without one that is left to the nodes.
     *
     * @param value a file, which is sent to nodes that lack it
     * @return this builder
     */
    public OrchestratorServerBuilder defaultScene(Path value) {
        defaultScene = value;
        return this;
    }

    /**
     * Sets the address to listen on. Any other than a loopback address needs {@link #allowAnonymous}, or a {@link #token} and either {@link
     * #tls} or {@link #insecureHttp}.
     *
     * @param value default 127.0.0.1
     * @return this builder
     */
    public OrchestratorServerBuilder host(String value) {
        host = value;
        return this;
    }

    /**
     * Sets the port to listen on.
     *
     * @param value 0 for a free one; default 4000
     * @return this builder
     */
    public OrchestratorServerBuilder port(int value) {
        port = value;
        return this;
    }

    /**
     * Adds a token that lets a client in, who may then do everything; without any, everybody who reaches the address is let in.
     *
     * @param value 16 to 4,096 visible ASCII characters
     * @return this builder
     * @throws IllegalArgumentException if it has other characters, or too few
     */
    public OrchestratorServerBuilder token(String value) {
        tokens.add(new AccessToken(value, Role.ADMIN, null));
        return this;
    }

    /**
     * Adds a token that lets a client in.
     *
     * @param value 16 to 4,096 visible ASCII characters
     * @param role what its bearer may do
     * @param name who its bearer is, 1 to 60 letters, digits and any of {@code - _ . ~ @}: the owner of jobs that it submits, or for
     *     {@link Role#NODE} the only node id under which it may register
     * @return this builder
     * @throws IllegalArgumentException if one of them has other characters, or too few
     */
    public OrchestratorServerBuilder token(String value, Role role, String name) {
        tokens.add(new AccessToken(value, role, name));
        return this;
    }

    /**
     * Adds a kind of tokens that let clients in.
     *
     * @param value such as {@link io.renderfleet.auth.FileTokens}
     * @return this builder
     */
    public OrchestratorServerBuilder tokens(TokenVerifier value) {
        verifiers.add(value);
        return this;
    }

    /**
     * Sets what submitters may read of jobs that they do not own.
     *
     * @param value default {@link ReadOthers#STATUS}: how they stand, but neither frames nor logs
     * @return this builder
     */
    public OrchestratorServerBuilder readOthers(ReadOthers value) {
        readOthers = value;
        return this;
    }

    /**
     * Sets what takes down who has changed something, and who was refused.
     *
     * @param value such as {@link io.renderfleet.http.server.audit.AuditFile}, which stays the application's to close; default {@link
     *     AuditLog#NONE}
     * @return this builder
     */
    public OrchestratorServerBuilder audit(AuditLog value) {
        audit = value;
        return this;
    }

    /**
     * Sets how often an address may call without a valid token before it gets 429 instead of 401.
     *
     * @param value default 60 a minute
     * @return this builder
     */
    public OrchestratorServerBuilder signInLimit(RateLimit value) {
        signInLimit = value;
        return this;
    }

    OrchestratorServerBuilder tokens(Collection<AccessToken> values) {
        tokens.addAll(values);
        return this;
    }

    /**
     * Lets everybody in, also on an address that others can reach.
     *
     * @return this builder
     */
    public OrchestratorServerBuilder allowAnonymous() {
        allowAnonymous = true;
        return this;
    }

    /**
     * Has the server speak TLS, 1.3 and 1.2, in the place of plain HTTP. New connections follow the files when these change; where a changed
     * file is broken, what was read before stays valid. It is no part of {@link #handler}.
     *
     * @param files certificate and key; with a {@code ca} only clients are let in that have a certificate of it (mutual TLS), the token
     *     aside, which they need as before
     * @return this builder
     */
    public OrchestratorServerBuilder tls(TlsFiles files) {
        tls = files;
        return this;
    }

    /**
     * Allows tokens on an address that others can reach without TLS, where everybody on the way can read them: for a proxy in front that
     * speaks TLS, or a network that is private by itself.
     *
     * @return this builder
     */
    public OrchestratorServerBuilder insecureHttp() {
        insecureHttp = true;
        return this;
    }

    /**
     * Believes a proxy in front, through which alone the server must be reachable. Where it says {@code X-Forwarded-Proto: https}, the page's
     * cookie is {@code Secure}, as it always is over {@link #tls}. The address that it adds at the end of {@code X-Forwarded-For} is where a call
     * comes from: for limits by address, for the audit log, and for nodes that register.
     *
     * @return this builder
     */
    public OrchestratorServerBuilder trustProxy() {
        trustProxy = true;
        return this;
    }

    /**
     * Adds names by which the server may be called, beside those of this machine.
     *
     * @param names without ports
     * @return this builder
     */
    public OrchestratorServerBuilder allowedHosts(Collection<String> names) {
        allowedHosts.addAll(names);
        return this;
    }

    /**
     * Sets what the server puts up with.
     *
     * @param value default {@link HttpLimits#USUAL}
     * @return this builder
     */
    public OrchestratorServerBuilder limits(HttpLimits value) {
        limits = value;
        return this;
    }

    /**
     * Opens a second port for health checks and metrics, which answers also while clients have taken all connections of the first. It wants
     * no token: who reaches it can read {@code /health/live}, {@code /health/ready} and {@code /metrics}.
     *
     * @param where such as {@code Binding.plain("127.0.0.1", 4080)}
     * @return this builder
     */
    public OrchestratorServerBuilder health(Binding where) {
        health = where;
        return this;
    }

    /**
     * Sets how often one client may submit; a repeated submission with a known key does not count.
     *
     * @param value default 50 a second; null for as often as it likes
     * @return this builder
     */
    public OrchestratorServerBuilder rateLimit(@Nullable RateLimit value) {
        rateLimit = value;
        return this;
    }

    /**
     * Sets how many frames one job may have.
     *
     * @param value 1 to 1,000,000, which is the default
     * @return this builder
     */
    public OrchestratorServerBuilder maxFrames(int value) {
        maxFrames = value;
        return this;
    }

    /**
     * Sets how many clients may listen to events at once.
     *
     * @param value 1 to 10,000; default 200
     * @return this builder
     */
    public OrchestratorServerBuilder maxEventClients(int value) {
        maxEventClients = value;
        return this;
    }

    /**
     * Sets how much room the logs of batches may take that have ended, compressed. They are fetched from the nodes, up to 4 MiB of each, so
     * that they are there after their node is gone, and removed with their job. Above the quota those of jobs go first that had none added
     * for the longest time.
     *
     * @param bytes default 1 GiB; 0 keeps none, and leaves it to the nodes
     * @return this builder
     */
    public OrchestratorServerBuilder logQuota(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("the quota of logs is " + bytes + ": it must be 0 or more");
        }
        logQuota = bytes;
        return this;
    }

    /**
     * Sets where those logs are kept; default {@code .orchestrator/logs} below the {@link #outputRoot} where the server has a farm of its own,
     * and nowhere else.
     *
     * @param value a folder, made if it is not there, for this farm alone: logs of jobs that it does not know are removed from it
     * @return this builder
     */
    public OrchestratorServerBuilder logFolder(Path value) {
        logFolder = value;
        return this;
    }

    /**
     * Sets how long a client waits for its job or its change to become durable before the answer is that the store is down.
     *
     * @param value default 10 seconds
     * @return this builder
     */
    public OrchestratorServerBuilder patience(Duration value) {
        patience = value;
        return this;
    }

    /**
     * Makes the handler alone, for an application's own Jetty, without a check of the {@code Host} header.
     *
     * @return the handler around the {@link #executor}
     * @throws IOException if the folder of scenes cannot be made or read
     * @throws IllegalStateException if there is no executor
     */
    public OrchestratorHandler handler() throws IOException {
        if (executor == null) {
            throw new IllegalStateException("the handler needs an executor of the application's");
        }
        NodeKeys keys = keys();
        load(keys);
        return handler(executor, scenes(), true, new ServerMetrics(), keys, Router.builder());
    }

    /**
     * Starts to listen.
     *
     * @return a server that answers already
     * @throws IOException if the address cannot be listened on, or the folder of scenes cannot be made or read
     * @throws IllegalArgumentException if a file for TLS cannot be used, or others can reach the address and neither a token nor anonymous
     *     access was asked for, or they could read the token
     */
    public OrchestratorServer start() throws IOException {
        return open((handler, ending) -> {
            ListeningServer door = health == null ? null : healthPort(health, handler);
            try {
                ListeningServer server = ListeningServer.start(binding(), handler, handler.errors(), limits);
                Runnable stop = door == null
                        ? server::close
                        : () -> {
                            server.close();
                            door.close();
                        };
                return new OrchestratorServer(handler, server.uri(), stop, ending);
            } catch (IOException | RuntimeException failure) {
                if (door != null) {
                    door.close();
                }
                throw failure;
            }
        });
    }

    private ListeningServer healthPort(Binding where, OrchestratorHandler handler) throws IOException {
        Router.Builder watched = HealthPort.routes(where, allowedHosts);
        handler.addHealthTo(watched);
        return HealthPort.open(where, watched.build());
    }

    /** Starts behind an address that is listened on already. */
    OrchestratorServer start(ListeningAddress front) throws IOException {
        return open((handler, ending) -> {
            front.show(handler, handler);
            return new OrchestratorServer(handler, front.uri(), front::showNothing, ending);
        });
    }

    /** Makes what shows a farm that another orchestrator leads. */
    OrchestratorHandler view(RenderExecutor farm) throws IOException {
        access().requireFor(binding());
        return handler(farm, scenes(), false, new ServerMetrics(), keys(), named());
    }

    private NodeKeys keys() {
        return nodeKeys == null ? NodeKeys.inMemory() : nodeKeys;
    }

    /** Before the farm begins to call its nodes. */
    private static void load(NodeKeys keys) {
        try {
            keys.load().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException store ? store : e;
        }
    }

    private OrchestratorServer open(Opening opening) throws IOException {
        access().requireFor(binding());
        NodeKeys keys = keys();
        load(keys);
        ServerMetrics metrics = new ServerMetrics();
        Scenes scenes = scenes();
        RenderExecutor farm = farm(metrics.registry(), scenes, keys);
        Consumer<RenderExecutor> ending = ending(hooks(farm));
        try {
            return opening.open(handler(farm, scenes, true, metrics, keys, named()), ending);
        } catch (IOException | RuntimeException failure) {
            scenes.close();
            ending.accept(farm);
            throw failure;
        }
    }

    /** How clients get at a handler. */
    private interface Opening {
        OrchestratorServer open(OrchestratorHandler handler, Consumer<RenderExecutor> ending) throws IOException;
    }

    private Binding binding() {
        return new Binding(host, port, tls, insecureHttp);
    }

    private Access access() {
        return new Access(tokens, verifiers, allowAnonymous);
    }

    private Router.Builder named() {
        return Router.builder().hosts(HostCheck.of(host, allowedHosts));
    }

    private OrchestratorHandler handler(
            RenderExecutor farm,
            Scenes scenes,
            boolean leads,
            ServerMetrics metrics,
            NodeKeys keys,
            Router.Builder router) {
        Access access = access();
        Callers callers = new SignInLimit(access.callers(keys), signInLimit, System::nanoTime);
        if (trustProxy) {
            router.trustProxy();
        }
        Sessions sessions =
                new Sessions(callers, access.needsToken(), new SecureRandom(), System::nanoTime, trustProxy);
        sessions.addTo(router.callers(sessions).access(new RouteRoles()).audit(audit));
        return new OrchestratorHandler(
                new Jobs(farm, new JobRights(readOthers, maxPriority)),
                scenes,
                new Pools(queues, pools, InstantSource.system()),
                content == null ? null : new WorkerContent(content),
                new NodeMembership(farm.nodes(), keys, allowed, nodeLease),
                new ApiLimits(rateLimit, maxFrames, maxEventClients, maxPriority, patience),
                logs(leads),
                metrics,
                router);
    }

    private @Nullable KeptLogs logs(boolean leads) {
        Path own = executor == null ? outputRoot.resolve(".orchestrator").resolve("logs") : null;
        Path folder = logFolder == null ? own : logFolder;
        return folder == null || logQuota == 0 ? null : new KeptLogs(folder, logQuota, leads);
    }

    private Scenes scenes() throws IOException {
        if (sceneStore != null) {
            return new Scenes(defaultScene, sceneStore);
        }
        Path folder = sceneFolder != null || executor != null ? sceneFolder : outputRoot.resolve(".scenes");
        ContentStore store = folder == null
                ? null
                : FolderContentStore.shared(
                        folder, sceneLimit, sceneQuota, InstantSource.system(), ContentLayout.asIs("scene"));
        return new Scenes(defaultScene, store);
    }

    private @Nullable Webhooks hooks(RenderExecutor farm) {
        return webhooks.isEmpty()
                ? null
                : Webhooks.of(store == null ? new InMemoryJobStore() : store, webhooks)
                        .begin(farm);
    }

    private Consumer<RenderExecutor> ending(@Nullable Webhooks hooks) {
        return farm -> {
            if (hooks != null) {
                hooks.close();
            }
            if (executor == null && store == null) {
                farm.close();
            } else if (executor == null) {
                farm.detach();
            }
        };
    }

    private RenderExecutor farm(MeterRegistry meters, Scenes scenes, NodeKeys keys) {
        if (executor != null) {
            return executor;
        }
        try {
            return ownFarm(meters, scenes, keys);
        } catch (RuntimeException failure) {
            scenes.close();
            throw failure;
        }
    }

    private FolderOutputs outputs() {
        FolderOutputs outputs =
                sharedOutput ? FolderOutputs.sharedWithNodes(outputRoot) : new FolderOutputs(outputRoot);
        return syncFrames ? outputs : outputs.leavingSyncToSystem();
    }

    private RenderExecutor ownFarm(MeterRegistry meters, Scenes scenes, NodeKeys keys) {
        RenderTransport used = transport != null
                ? transport
                : HttpTransport.builder().tokens(keys).addresses(keys).build();
        RenderExecutorBuilder builder = RenderExecutor.builder()
                .transport(new MeasuredTransport(used, meters))
                .nodes(nodes.toArray(String[]::new))
                .outputs(outputs())
                .maxUnfinished(maxJobs)
                .maxFile(maxFile)
                .decodeFrames(decodeFrames)
                .stallTimeout(stallTimeout)
                .shares(shares)
                .keepEnded(keepEnded)
                .renderer(renderer)
                .splitter(splitter);
        if (store != null) {
            builder.store(new MeasuredStore(store, meters));
        }
        if (maxJobsOfOwner != null) {
            builder.maxUnfinishedOfOwner(maxJobsOfOwner);
        }
        if (jobMemory != null) {
            builder.maxMemory(jobMemory);
        }
        scenes.store().ifPresent(builder::scenes);
        listeners.forEach(builder::listener);
        targets.forEach(builder::target);
        discoveries.forEach(builder::discovery);
        return builder.build();
    }
}
