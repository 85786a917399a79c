package io.renderfleet.orchestrator;

import io.renderfleet.core.FarmFollower;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Tracing;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.http.server.cli.HealthOptions;
import io.renderfleet.http.server.cli.TlsOptions;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.wire.BatchSize;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of the orchestrator, and the server that they describe. */
final class OrchestratorOptions {
    @Option(
            names = "--port",
            defaultValue = "4000",
            paramLabel = "PORT",
            description = "Port to listen on, 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description =
                    "Address to listen on (default: ${DEFAULT-VALUE}). Others than loopback need tokens (--tokens-file,"
                            + " --token-file, --oidc-issuer) and --tls-cert, or --allow-anonymous.")
    private String host = "127.0.0.1";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Lets in who sends one of the tokens in this file as 'Authorization: Bearer'. Each line is TOKEN,"
                            + " TOKEN ROLE or TOKEN ROLE NAME; ROLE is viewer, submitter, operator, node or admin (default: admin).")
    private @Nullable Path tokenFile;

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Option(names = "--allow-anonymous", description = "Lets everybody in who can reach the address.")
    private boolean allowAnonymous;

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Mixin
    private HealthOptions health = new HealthOptions();

    @Option(
            names = "--trust-proxy",
            description =
                    "Believes a proxy in front, through which alone clients reach this orchestrator: X-Forwarded-Proto:"
                            + " https makes the page's cookie Secure, and the last address of X-Forwarded-For is the client's.")
    private boolean trustProxy;

    @Option(
            names = "--allowed-host",
            paramLabel = "NAME",
            description = "Further names by which clients call this orchestrator.")
    private List<String> allowedHosts = new ArrayList<>();

    @Mixin
    private NodeOptions nodes = new NodeOptions();

    @Mixin
    private PoolOptions pools = new PoolOptions();

    @Mixin
    private NodeAccessOptions nodeAccess = new NodeAccessOptions();

    @Option(
            names = "--batch-size",
            defaultValue = "5",
            paramLabel = "N|auto",
            converter = BatchSizeConverter.class,
            description = "How many frames go to a node together, unless a request says otherwise; auto: as many as"
                    + " suit what frames and nodes are measured to take (default: ${DEFAULT-VALUE}).")
    private BatchSize batchSize = new BatchSize(BatchSplitters.DEFAULT_SIZE);

    @Option(
            names = "--renderer",
            defaultValue = "blender",
            paramLabel = "NAME",
            description =
                    "What renders jobs that do not say so themselves: blender, command or test-pattern; nodes with"
                            + " another engine get no such jobs (default: ${DEFAULT-VALUE}).")
    private String renderer = "blender";

    @Option(
            names = "--output-root",
            defaultValue = "frames",
            paramLabel = "DIR",
            description = "Where frames go, with a folder for each job (default: ${DEFAULT-VALUE}).")
    private Path outputRoot = Path.of("frames");

    @Option(
            names = "--shared-output",
            paramLabel = "DIR",
            description = "In the place of --output-root, a folder that nodes see too, as their own --shared-output:"
                    + " their frames are published from there instead of being fetched.")
    private @Nullable Path sharedOutput;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Option(
            names = "--scene",
            paramLabel = "FILE",
            description = "The scene of requests that name none; it is sent to nodes that lack it.")
    private @Nullable Path scene;

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Mixin
    private ShareOptions shares = new ShareOptions();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private WebhookOptions webhooks = new WebhookOptions();

    @Option(
            names = "--advertise",
            paramLabel = "URL",
            description =
                    "How clients reach this orchestrator; others that share its store send them there (default: host"
                            + " and port).")
    private @Nullable URI advertise;

    private Path outputRoot() {
        return sharedOutput == null ? outputRoot : sharedOutput;
    }

    /** Not in a folder that several orchestrators share. */
    private Path copies() {
        return outputRoot.resolve(".copies");
    }

    /** Where clients reach this orchestrator. */
    String self(ListeningAddress front) {
        return advertise != null ? advertise.toString() : front.uri().toString();
    }

    /**
     * Makes the store of jobs, unless they are to be in memory.
     *
     * @param self where clients reach this orchestrator
     * @param environmentPassword the password for it from the environment, or null
     * @throws IOException if files cannot be read
     */
    Optional<JdbcJobStore> store(String self, @Nullable String environmentPassword) throws IOException {
        return store.make(outputRoot(), environmentPassword, self);
    }

    /**
     * Begins to listen.
     *
     * @throws IOException if the address cannot be listened on
     */
    ListeningAddress listen() throws IOException {
        return ListeningAddress.listen(binding(), health.binding().orElse(null), allowedHosts);
    }

    private Binding binding() {
        return new Binding(host, port, tls.server(), tls.insecureHttp());
    }

    /** What stopping means for jobs that have not ended, in a few words. */
    String whatBecomesOfJobs() {
        return store.isMemory() ? "unfinished jobs are cancelled" : "unfinished jobs are left to the next start";
    }

    /**
     * Makes the keys by which it gets into its nodes.
     *
     * @param jobs the store that {@link #store} made, or null
     * @param environmentNodeToken a token for the nodes from the environment, or null
     * @throws IOException if files cannot be read
     */
    NodeKeys nodeKeys(@Nullable JdbcJobStore jobs, @Nullable String environmentNodeToken) throws IOException {
        NodeKeys keys = jobs == null
                ? NodeKeys.inMemory()
                : NodeKeys.keptIn(jobs, store.seal(outputRoot()).orElse(null));
        return keys.orElse(nodeAccess.listed(environmentNodeToken));
    }

    /**
     * Makes a view of the farm that another orchestrator leads.
     *
     * @param keys how to get into nodes
     * @throws IOException if files cannot be read
     */
    FarmFollower follow(NodeKeys keys) throws IOException {
        return RenderExecutor.builder()
                .transport(nodeAccess.transport(keys, tls, frames))
                .outputRoot(outputRoot())
                .follow();
    }

    /**
     * Makes what answers while another orchestrator leads.
     *
     * @param farm the view of its farm
     * @param environmentToken a token for clients from the environment, or null
     * @throws IOException if files cannot be read
     */
    OrchestratorHandler view(RenderExecutor farm, @Nullable String environmentToken) throws IOException {
        OrchestratorServerBuilder server = server(environmentToken).executor(farm);
        pools.content(copies()).ifPresent(server::content);
        return server.view(farm);
    }

    /**
     * Starts.
     *
     * @param front the address
     * @param jobs the store that {@link #store} made, or null
     * @param environmentToken a token for clients from the environment, or null
     * @param keys how to get into nodes
     * @param tracing what follows the farm, or null
     * @throws IllegalArgumentException if something does not go together, in one sentence
     * @throws IOException if files cannot be read or written, or the address cannot be listened on
     */
    OrchestratorServer start(
            ListeningAddress front,
            @Nullable JdbcJobStore jobs,
            @Nullable String environmentToken,
            NodeKeys keys,
            @Nullable Tracing tracing)
            throws IOException {
        OrchestratorServerBuilder server =
                server(environmentToken).nodeKeys(keys).renderer(renderer).outputRoot(outputRoot());
        Integer size = batchSize.frames();
        server = size == null ? server.adaptiveBatches() : server.batchSize(size);
        if (sharedOutput != null) {
            server.outputSharedWithNodes();
        }
        frames.applyTo(server);
        nodes.addTo(server);
        pools.addTo(server, nodeAccess.transport(keys, tls, frames), copies());
        if (jobs != null) {
            server.store(jobs);
        }
        if (tracing != null) {
            server.listener(tracing.farm());
        }
        webhooks.targets(tls.insecureHttp()).forEach(server::webhook);
        return server.start(front);
    }

    private OrchestratorServerBuilder server(@Nullable String environmentToken) throws IOException {
        OrchestratorServerBuilder server =
                OrchestratorServer.builder().host(host).port(port).allowedHosts(allowedHosts);
        limits.applyTo(server);
        shares.applyTo(server);
        server.tokens(tokens(environmentToken));
        access.applyTo(server);
        if (allowAnonymous) {
            server.allowAnonymous();
        }
        TlsFiles secured = tls.server();
        if (secured != null) {
            server.tls(secured);
        }
        if (tls.insecureHttp()) {
            server.insecureHttp();
        }
        if (trustProxy) {
            server.trustProxy();
        }
        if (scene != null) {
            server.defaultScene(scene);
        }
        return server;
    }

    private List<AccessToken> tokens(@Nullable String environmentToken) throws IOException {
        List<AccessToken> all = new ArrayList<>(AccessToken.parse(
                "the token in the environment", TokenFile.tokens("--token-file", null, environmentToken)));
        all.addAll(AccessToken.parse("--token-file " + tokenFile, TokenFile.tokens("--token-file", tokenFile, null)));
        return all;
    }

    /**
     * Checks all that was set, also what is needed only once this one leads.
     *
     * @param environmentToken a token for clients from the environment, or null
     * @param environmentNodeToken a token for the nodes from the environment, or null
     * @param brokerPassword that of the broker from the environment, or null
     * @throws IllegalArgumentException if something is out of range or does not go together, in one sentence
     * @throws IOException if a file cannot be read
     */
    void check(
            @Nullable String environmentToken, @Nullable String environmentNodeToken, @Nullable String brokerPassword)
            throws IOException {
        Flags.requireWithin("--port", port, 0, 65_535);
        var unused = health.binding();
        store.check();
        limits.check();
        shares.check();
        frames.check();
        nodes.check();
        var unusedTargets = webhooks.targets(tls.insecureHttp());
        pools.check(brokerPassword);
        checkAccess(environmentToken, environmentNodeToken);
        Integer size = batchSize.frames();
        Flags.requireWithin("--batch-size", size == null ? 1 : size, 1, 10_000);
        checkRenderer();
        if (advertise != null && !"http".equals(advertise.getScheme()) && !"https".equals(advertise.getScheme())) {
            throw new IllegalArgumentException(
                    "--advertise is '" + advertise + "': it must be like http://farm.example:4000");
        }
        if (scene != null && !Files.isReadable(scene)) {
            throw new IllegalArgumentException("--scene " + scene + " is no file that can be read");
        }
        if (sharedOutput != null && !Files.isDirectory(sharedOutput)) {
            throw new IllegalArgumentException("--shared-output " + sharedOutput + " is no folder");
        }
        if (Files.exists(outputRoot) && !Files.isDirectory(outputRoot)) {
            throw new IllegalArgumentException("--output-root " + outputRoot + " is no folder");
        }
    }

    private void checkRenderer() {
        try {
            RenderRequest.of(Scene.nodeDefault(), "1").renderer(renderer);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--renderer is '" + renderer + "': " + e.getMessage(), e);
        }
    }

    private void checkAccess(@Nullable String environmentToken, @Nullable String environmentNodeToken)
            throws IOException {
        if ((tokenFile != null || access.letsIn()) && allowAnonymous) {
            throw new IllegalArgumentException(
                    "tokens (--tokens-file, --token-file, --oidc-issuer) and --allow-anonymous exclude each other");
        }
        access.check();
        new Access(tokens(environmentToken), access.verifiers(), allowAnonymous).requireFor(binding());
        nodeAccess.check(nodes, environmentNodeToken, tls);
    }
}
