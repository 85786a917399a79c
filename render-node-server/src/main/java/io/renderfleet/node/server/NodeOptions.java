package io.renderfleet.node.server;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.Tracing;
import io.renderfleet.discovery.Announcer;
import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.HostCheck;
import io.renderfleet.http.server.RateLimit;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.http.server.cli.HealthOptions;
import io.renderfleet.http.server.cli.TlsOptions;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.RenderNodeBuilder;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.transport.http.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * The flags of the node, and the server that they describe. Public for programs that are a node in another way, such as one that takes its work
 * from a queue: picocli fills it in as a mixin.
 */
public final class NodeOptions {

    /** What renders. */
    enum Engine {
        BLENDER("blender"),
        TEST_PATTERN("test-pattern"),
        COMMAND("command");

        private final String flag;

        Engine(String flag) {
            this.flag = flag;
        }

        /** Reads the flag's value; picocli would show these constants by their names in Java. */
        static final class Reader implements ITypeConverter<Engine> {
            @Override
            public Engine convert(String value) {
                return Arrays.stream(values())
                        .filter(engine -> engine.flag.equalsIgnoreCase(value))
                        .findFirst()
                        .orElseThrow(() -> new TypeConversionException(
                                "there is no engine '" + value + "': it must be blender, test-pattern or command"));
            }
        }

        @Override
        public String toString() {
            return flag;
        }
    }

    @Option(
            names = "--port",
            defaultValue = "3000",
            paramLabel = "PORT",
            description = "Port to listen on, 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description = "Address to listen on (default: ${DEFAULT-VALUE}). Others than loopback need --tls-cert and a"
                    + " --token-file or an --orchestrator, or --allow-anonymous.")
    private String host = "127.0.0.1";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Lets in who sends one of the tokens in this file, one a line, as 'Authorization: Bearer'.")
    private @Nullable Path tokenFile;

    @Option(names = "--allow-anonymous", description = "Lets everybody in who can reach the address.")
    private boolean allowAnonymous;

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Mixin
    private HealthOptions health = new HealthOptions();

    @Option(
            names = "--allowed-host",
            paramLabel = "NAME",
            description = "Further names by which clients call this node.")
    private List<String> allowedHosts = new ArrayList<>();

    @Option(
            names = "--node-id",
            paramLabel = "ID",
            description = "The node's identity (default: made once and kept below the output root).")
    private @Nullable String nodeId;

    @Option(
            names = "--engine",
            defaultValue = "blender",
            converter = Engine.Reader.class,
            paramLabel = "NAME",
            description = "What renders: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Engine engine = Engine.BLENDER;

    private @Nullable Tracing tracing;

    @Mixin
    private ProgramOptions program;

    @Mixin
    private SandboxOptions sandboxOptions = new SandboxOptions();

    @Option(names = "--scene", paramLabel = "FILE", description = "The scene of requests that name none.")
    private @Nullable Path scene;

    @Option(names = "--scene-root", paramLabel = "DIR", description = "Where scenes lie that requests name by path.")
    private @Nullable Path sceneRoot;

    @Option(
            names = "--output-root",
            paramLabel = "DIR",
            description = "Where frames go; several nodes may share it if each has its own --state-dir"
                    + " (default: render-node-PORT).")
    private @Nullable Path outputRoot;

    @Option(
            names = "--shared-output",
            paramLabel = "DIR",
            description =
                    "A folder that the orchestrator sees too, as its own --shared-output: frames are published from"
                            + " there instead of being sent. What is this node's alone stays below --output-root.")
    private @Nullable Path sharedOutput;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "What is this node's alone: its identity, scenes and logs (default: .node below the output"
                    + " root).")
    private @Nullable Path stateDir;

    @Option(
            names = "--slots",
            defaultValue = "1",
            paramLabel = "N",
            description = "How many jobs run at once (default: ${DEFAULT-VALUE}).")
    private int slots;

    @Option(
            names = "--rate-limit",
            defaultValue = "50/s",
            paramLabel = "N/UNIT",
            description = "How often a client may call, such as 50/s or 1000/m (default: ${DEFAULT-VALUE}).")
    private String rateLimit = "50/s";

    @Option(names = "--label", paramLabel = "NAME=VALUE", description = "What requests can require of this node.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--grace",
            defaultValue = "30",
            paramLabel = "SECONDS",
            description = "How long running jobs may go on when the node is told to stop (default: ${DEFAULT-VALUE}).")
    private int graceSeconds;

    @Mixin
    private FarmOptions farm = new FarmOptions();

    private final List<Path> secrets = new ArrayList<>();
    private @Nullable NodeKey key;

    /** For picocli. */
    public NodeOptions() {}

    /**
     * Refuses flags of nodes that are called by orchestrators, for programs that are not.
     *
     * @throws IllegalArgumentException if there is one, in one sentence
     */
    public void refuseOrchestrators() {
        if (farm.isNamed() || farm.isAnnounced()) {
            throw new IllegalArgumentException(
                    "--orchestrator and --announce are for nodes that an orchestrator calls, not for this program");
        }
    }

    /**
     * Says what protects the node's own connections.
     *
     * @return the flags
     */
    public TlsOptions tls() {
        return tls;
    }

    /**
     * Hides a file from the programs that render; called before {@link #start}.
     *
     * @param secret the file
     */
    public void hide(Path secret) {
        secrets.add(secret);
    }

    /** Registers a node that was started, if it belongs to a farm. */
    Optional<NodeRegistration> register(RenderNodeServer server) {
        return farm.register(server, url(server), key);
    }

    /**
     * Announces a node that listens where orchestrators look for nodes, as {@code --announce} says.
     *
     * @param server of the node
     * @return what takes it away again, for each place
     */
    public List<Announcer.Announcement> announce(RenderNodeServer server) {
        return farm.announce(server, url(server), labels);
    }

    /**
     * Says how long jobs may go on at the end.
     *
     * @return as {@code --grace} says
     */
    public Duration grace() {
        return Duration.ofSeconds(graceSeconds);
    }

    /**
     * Gives the URL of a server that listens, with the host as it was given, also where that stands for all addresses.
     *
     * @param server what {@link #start} has started
     * @return such as {@code http://127.0.0.1:3000}
     */
    public String url(RenderNodeServer server) {
        String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return server.uri().getScheme() + "://" + shown + ":" + server.uri().getPort();
    }

    /**
     * Has what the node renders followed.
     *
     * @param value what follows it; closed with the node
     */
    public void trace(Tracing value) {
        tracing = value;
    }

    /**
     * Checks all that was set, and starts.
     *
     * @param environmentToken a token for clients from the environment, or null
     * @param orchestratorToken a token for the orchestrators from the environment, or null
     * @param version of this program
     * @return a server that listens
     * @throws IllegalArgumentException if something is out of range or does not go together, in one sentence
     * @throws IOException if files cannot be read or written, or the address cannot be listened on
     */
    public RenderNodeServer start(@Nullable String environmentToken, @Nullable String orchestratorToken, String version)
            throws IOException {
        check();
        List<String> tokens = TokenFile.tokens("--token-file", tokenFile, environmentToken);
        boolean locked = !allowAnonymous && farm.isNamed() && (!tokens.isEmpty() || !HostCheck.isLoopback(host));
        farm.check(host, orchestratorToken, tls, locked);
        TlsFiles secured = tls.server();
        Optional<Binding> watched = health.binding();
        RateLimit rate = RateLimit.parse(rateLimit);
        RenderNode node = node(version);
        try {
            RenderNodeServer.Builder server = RenderNodeServer.builder(node)
                    .host(host)
                    .port(port)
                    .allowedHosts(allowedHosts)
                    .rateLimit(rate);
            tokens.forEach(server::token);
            watched.ifPresent(server::health);
            if (locked) {
                key = NodeKey.in(stateFolder(), Instant.now());
                server.key(key);
            }
            if (allowAnonymous) {
                server.allowAnonymous();
            }
            if (secured != null) {
                server.tls(secured);
            }
            if (tls.insecureHttp()) {
                server.insecureHttp();
            }
            return server.start();
        } catch (IOException | RuntimeException failure) {
            node.close();
            throw failure;
        }
    }

    private void check() {
        if (tokenFile != null && allowAnonymous) {
            throw new IllegalArgumentException("--token-file and --allow-anonymous exclude each other");
        }
        program.check(engine);
        sandboxOptions.check(engine);
        if (graceSeconds < 0 || graceSeconds > 86_400) {
            throw new IllegalArgumentException("--grace is " + graceSeconds + ": it must be from 0 to 86400 seconds");
        }
        Flags.requireWithin("--port", port, 0, 65_535);
    }

    private Path ownFolder() {
        return outputRoot == null ? Path.of("render-node-" + port) : outputRoot;
    }

    /**
     * Says where what is this node's alone lies.
     *
     * @return a folder, which need not be there yet
     */
    public Path stateFolder() {
        return stateDir == null ? ownFolder().resolve(".node") : stateDir;
    }

    private RenderNode node(String version) throws IOException {
        Path own = ownFolder();
        Path output = sharedOutput == null ? own : sharedOutput;
        Path state = stateFolder();
        RenderNodeBuilder builder = RenderNode.builder()
                .outputRoot(output)
                .stateFolder(state)
                .slots(slots)
                .labels(labels)
                .version(version);
        if (nodeId != null) {
            builder.nodeId(new NodeId(nodeId));
        }
        if (scene != null) {
            requireFile("--scene", scene);
            builder.defaultScene(scene);
        }
        if (sceneRoot != null) {
            if (!Files.isDirectory(sceneRoot)) {
                throw new IllegalArgumentException("--scene-root " + sceneRoot + " is no folder");
            }
            builder.sceneRoot(sceneRoot);
        }
        RenderEngine renders;
        if (engine == Engine.TEST_PATTERN) {
            renders = new TestPatternEngine();
        } else {
            Sandbox sandbox = sandbox(List.of(own, output, state));
            builder.sandbox(sandbox);
            renders = engine == Engine.COMMAND
                    ? program.commandEngine(sandbox)
                    : program.blenderEngine(RenderNode.sessions(state), slots, sandbox);
        }
        if (tracing != null) {
            renders = tracing.node(renders);
        }
        try {
            return builder.engine(renders).build();
        } catch (IOException | RuntimeException failure) {
            renders.close();
            throw failure;
        }
    }

    /** Frames of others, what is the node's own and its tokens are no program's concern. */
    private Sandbox sandbox(List<Path> folders) {
        List<Path> hidden = new ArrayList<>(folders);
        Stream.of(Optional.ofNullable(tokenFile), tls.keyFile())
                .flatMap(Optional::stream)
                .forEach(hidden::add);
        hidden.addAll(farm.secrets());
        hidden.addAll(secrets);
        Sandbox sandbox = sandboxOptions.sandbox(sceneRoot == null ? List.of() : List.of(sceneRoot), hidden);
        // Not before the flags are read: one of them says how the log looks.
        Logger log = LoggerFactory.getLogger(NodeOptions.class);
        if (sandbox.isOn()) {
            log.info("sandbox: {}", sandbox);
        } else {
            log.warn("sandbox: {} Programs run as the user of this node.", sandbox);
        }
        return sandbox;
    }

    private static void requireFile(String flag, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(flag + " " + file + " is no file");
        }
    }
}
