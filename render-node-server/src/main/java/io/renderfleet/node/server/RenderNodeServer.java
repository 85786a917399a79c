package io.renderfleet.node.server;

import io.renderfleet.http.server.BearerTokens;
import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Caller;
import io.renderfleet.http.server.Callers;
import io.renderfleet.http.server.HealthPort;
import io.renderfleet.http.server.HeldPolls;
import io.renderfleet.http.server.HostCheck;
import io.renderfleet.http.server.HttpLimits;
import io.renderfleet.http.server.ListeningServer;
import io.renderfleet.http.server.RateLimit;
import io.renderfleet.http.server.RateLimiter;
import io.renderfleet.http.server.Router;
import io.renderfleet.http.server.SignInLimit;
import io.renderfleet.http.server.metrics.ServerMetrics;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.time.Registration;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that answers over HTTP.
 *
 * <pre>{@code
 * RenderNode node = RenderNode.builder().engine(new TestPatternEngine()).outputRoot(folder).build();
 * try (RenderNodeServer server = RenderNodeServer.builder(node).port(0).start()) {
 *     System.out.println(server.uri());
 *     …
 * }
 * }</pre>
 *
 * <p>It listens on 127.0.0.1 by default, and on other addresses only with a token or {@link Builder#allowAnonymous}; with a token, only
 * over {@link Builder#tls TLS} or with {@link Builder#insecureHttp}. An application that has a Jetty of its own takes {@link
 * Builder#handler} instead. Thread-safe.
 */
public final class RenderNodeServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RenderNodeServer.class);
    /** How often an address may call without a valid token. */
    private static final String SIGN_INS = "60/m";

    private static final int MAX_HELD = 1_000;
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final RenderNode node;
    private final NodeHandler handler;
    private final ListeningServer listening;
    private final @Nullable ListeningServer health;

    private RenderNodeServer(
            RenderNode node, NodeHandler handler, ListeningServer listening, @Nullable ListeningServer health) {
        this.node = node;
        this.handler = handler;
        this.listening = listening;
        this.health = health;
    }

    /**
     * Begins a server around a node.
     *
     * @param node from then on the server's own: it is closed together with it
     * @return a new builder, not thread-safe
     */
    public static Builder builder(RenderNode node) {
        return new Builder(node);
    }

    /**
     * Returns where it listens.
     *
     * @return a URL without a path; where it listens on every address, that of the loopback interface
     */
    public URI uri() {
        return listening.uri();
    }

    /**
     * Returns where it listens for health checks.
     *
     * @return a URL without a path, or empty where {@link Builder#health} was not called
     */
    public Optional<URI> healthUri() {
        return Optional.ofNullable(health).map(ListeningServer::uri);
    }

    /**
     * Returns the node inside.
     *
     * @return the node
     */
    public RenderNode node() {
        return node;
    }

    /**
     * Stops in good order: takes no more jobs, lets those that run go on for a while and hands back what is left of them, and answers
     * until clients have had the time to learn of it and to fetch what is finished. Blocks as long as that takes.
     *
     * @param grace how long running jobs may go on
     */
    public void shutDown(Duration grace) {
        boolean busy = node.describe().busy() > 0;
        LOG.info("The node takes no more jobs; {} are running", node.describe().busy());
        var idle = node.drain(grace).toCompletableFuture();
        handler.flush();
        try {
            idle.get(grace.plusSeconds(10).toMillis(), TimeUnit.MILLISECONDS);
            if (busy) {
                awaitQuiet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.warn("Not every job has stopped in time", e);
        }
        close();
    }

    /** Waits until nobody has asked for a while, but not for ever. */
    private void awaitQuiet() throws InterruptedException {
        long began = System.nanoTime();
        CountDownLatch never = new CountDownLatch(1);
        while (System.nanoTime() - began < FAREWELL.toNanos()) {
            long quiet = System.nanoTime() - Math.max(began, handler.lastCall());
            if (quiet >= QUIET.toNanos() || never.await(QUIET.toNanos() - quiet, TimeUnit.NANOSECONDS)) {
                return;
            }
        }
    }

    /** Stops at once: answers what is being answered, stops what runs, and closes the node. Can be called twice. */
    @Override
    public void close() {
        listening.close();
        node.close();
        if (health != null) {
            health.close();
        }
    }

    /** Gathers how a node is served. Not thread-safe. */
    public static final class Builder {
        private static final RateLimit USUAL_RATE = new RateLimit(50, Duration.ofSeconds(1));

        private final RenderNode node;
        private String host = "127.0.0.1";
        private int port = 3000;
        private final List<String> tokens = new ArrayList<>();
        private final List<String> allowedHosts = new ArrayList<>();
        private @Nullable NodeKey key;
        private boolean anonymous;
        private @Nullable TlsFiles tls;
        private boolean insecureHttp;
        private @Nullable RateLimit rate = USUAL_RATE;
        private HttpLimits limits = HttpLimits.USUAL;
        private @Nullable Binding health;

        private Builder(RenderNode node) {
            this.node = node;
        }

        /**
         * Sets where to listen.
         *
         * @param address an address or name of this machine, {@code 0.0.0.0} for all of its addresses; default 127.0.0.1
         * @return this builder
         */
        public Builder host(String address) {
            this.host = address;
            return this;
        }

        /**
         * Sets the port.
         *
         * @param number 1 to 65535, or 0 for a free one; default 3000
         * @return this builder
         */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /**
         * Adds a token that lets a client in; without any, everybody who reaches the address is let in.
         *
         * @param token 16 to 4096 visible ASCII characters
         * @return this builder
         */
        public Builder token(String token) {
            tokens.add(token);
            return this;
        }

        /**
         * Lets in whom the node has told its key: the orchestrator with which it registers.
         *
         * @param value the same as for {@link NodeRegistration.Builder#key}
         * @return this builder
         */
        public Builder key(NodeKey value) {
            this.key = value;
            return this;
        }

        /**
         * Lets all clients in, on any address. Every client that reaches the node can then make it render and fill its disk.
         *
         * @return this builder
         */
        public Builder allowAnonymous() {
            this.anonymous = true;
            return this;
        }

        /**
         * Has the server speak TLS, 1.3 and 1.2, in the place of plain HTTP. New connections follow the files when these change; where a
         * changed file is broken, what was read before stays valid.
         *
         * @param files certificate and key; with a {@code ca} only clients are let in that have a certificate of it (mutual TLS), the token
         *     aside, which they need as before
         * @return this builder
         */
        public Builder tls(TlsFiles files) {
            this.tls = files;
            return this;
        }

        /**
         * Allows tokens on an address that others can reach without TLS, where everybody on the way can read them: for a proxy in front
         * that speaks TLS, or a network that is private by itself.
         *
         * @return this builder
         */
        public Builder insecureHttp() {
            this.insecureHttp = true;
            return this;
        }

        /**
         * Adds names by which clients call this server, beside the loopback ones and the address that it listens on.
         *
         * @param names without ports
         * @return this builder
         */
        public Builder allowedHosts(Collection<String> names) {
            allowedHosts.addAll(names);
            return this;
        }

        /**
         * Sets how often a client may call.
         *
         * @param limit for each client's address, or null for no limit; default 50 a second
         * @return this builder
         */
        public Builder rateLimit(@Nullable RateLimit limit) {
            this.rate = limit;
            return this;
        }

        /**
         * Sets what to put up with from clients.
         *
         * @param values default {@link HttpLimits#USUAL}
         * @return this builder
         */
        public Builder limits(HttpLimits values) {
            this.limits = values;
            return this;
        }

        /**
         * Opens a second port for health checks and metrics, which answers also while clients have taken all connections of the first. It
         * wants no token: who reaches it can read {@code /health/live}, {@code /health/ready} and {@code /metrics}.
         *
         * @param where such as {@code Binding.plain("127.0.0.1", 0)}
         * @return this builder
         */
        public Builder health(Binding where) {
            this.health = where;
            return this;
        }

        /**
         * Starts to listen.
         *
         * @return a server that answers already
         * @throws IllegalArgumentException if a value is out of range, a file for TLS cannot be used, or others can reach the address and
         *     there is neither token nor key, or one that they could read
         * @throws IOException if the address cannot be listened on
         */
        public RenderNodeServer start() throws IOException {
            Binding binding = new Binding(host, port, tls, insecureHttp);
            if (!HostCheck.isLoopback(host)) {
                requireSomeAccess("host is " + host + ", which others can reach");
            }
            if (isLocked()) {
                binding.requireTokensAreSafe();
            }
            Router.Builder routes = routes(HostCheck.of(host, allowedHosts));
            Router.Builder watched = health == null ? Router.builder() : HealthPort.routes(health, allowedHosts);
            NodeHandler handler = handler(routes, watched);
            ListeningServer door = health == null ? null : HealthPort.open(health, watched.build());
            try {
                return new RenderNodeServer(
                        node, handler, ListeningServer.start(binding, handler, routes.errors(), limits), door);
            } catch (IOException | RuntimeException failure) {
                if (door != null) {
                    door.close();
                }
                throw failure;
            }
        }

        /**
         * Makes the handler alone, for a Jetty of the application's own. Host, port and limits are that Jetty's; so is closing the
         * node. Names beside the loopback ones must be {@link #allowedHosts allowed}.
         *
         * @return a handler for the root or for a context path
         * @throws IllegalArgumentException if neither a token is set nor anonymous access allowed
         */
        public Handler handler() {
            requireSomeAccess("a handler does not know who can reach it");
            return handler(routes(HostCheck.of("127.0.0.1", allowedHosts)), Router.builder());
        }

        private void requireSomeAccess(String why) {
            if (!isLocked() && !anonymous) {
                throw new IllegalArgumentException(why + ": set a token, or allow anonymous access");
            }
        }

        private boolean isLocked() {
            return !tokens.isEmpty() || key != null;
        }

        private Router.Builder routes(HostCheck hosts) {
            if (anonymous && isLocked()) {
                throw new IllegalArgumentException(
                        "a token or key is set and anonymous access is allowed: only one can hold");
            }
            return Router.builder()
                    .hosts(hosts)
                    .callers(callers())
                    .header(Headers.NODE_ID, node.id().value())
                    .header(Headers.BOOT_ID, node.bootId());
        }

        private NodeHandler handler(Router.Builder routes, Router.Builder watched) {
            Clients clients = new Clients(rate == null ? null : new RateLimiter(rate, System::nanoTime));
            HeldPolls polls = new HeldPolls(MAX_HELD);
            SceneEndpoints scenes = new SceneEndpoints(node, clients);
            ServerMetrics metrics = new ServerMetrics();
            Registration logs = node.listen(new JobLogs());
            Registration meters = node.listen(new NodeMeters(node, metrics.registry()));
            routes.observer(metrics.observer()).route("GET", "/metrics", clients.counted(metrics.endpoint()));
            new JobEndpoints(node, clients, polls).addTo(routes);
            new OutputEndpoints(node, clients).addTo(routes);
            NodeEndpoints about = new NodeEndpoints(node, clients);
            about.addTo(routes);
            about.addHealthTo(watched);
            watched.open("GET", "/metrics", metrics.endpoint());
            scenes.addTo(routes);
            return new NodeHandler(routes.build(), polls, scenes, () -> {
                logs.close();
                meters.close();
                metrics.close();
            });
        }

        private Callers callers() {
            if (!isLocked()) {
                return Callers.everybody(new Caller("anybody", Set.of()));
            }
            Map<String, Caller> known = new HashMap<>();
            for (String token : tokens) {
                known.put(token, new Caller("token " + (known.size() + 1), Set.of()));
            }
            BearerTokens bearers = new BearerTokens(known);
            return new SignInLimit(
                    call -> bearers.identify(call).or(() -> orchestrator(call)),
                    RateLimit.parse(SIGN_INS),
                    System::nanoTime);
        }

        private Optional<Caller> orchestrator(Call call) {
            NodeKey opening = key;
            return opening == null
                    ? Optional.empty()
                    : Callers.bearerToken(call)
                            .filter(token -> opening.opens(token, Instant.now()))
                            .map(token -> new Caller("the orchestrator", Set.of()));
        }
    }
}
