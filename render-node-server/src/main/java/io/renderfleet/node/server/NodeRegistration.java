package io.renderfleet.node.server;

import io.renderfleet.node.RenderNode;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers a node with orchestrators, renews the registration, and ends it when the node leaves.
 *
 * <pre>{@code
 * try (RenderNodeServer server = RenderNodeServer.builder(node).start();
 *         NodeRegistration registration = NodeRegistration.builder(node, server.uri())
 *                 .orchestrators("http://farm-1:4000", "http://farm-2:4000")
 *                 .token(token)
 *                 .start()) {
 *     …
 * }
 * }</pre>
 *
 * <p>It calls one orchestrator at a time: the one that answered last, or the next where that one does not answer. One that stands by
 * redirects to the leader, and the redirect is followed only to URLs that are named here. The registration is renewed after a third of the
 * lease, give or take a fifth of that; where nobody answers, it tries again sooner. It runs from {@link Builder#start} to {@link #close},
 * without a thread of its own. Thread-safe.
 */
public final class NodeRegistration implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeRegistration.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(5);
    private static final Duration REFUSED_PAUSE = Duration.ofSeconds(15);
    private static final Duration FAREWELL = Duration.ofSeconds(4);

    private final OrchestratorClient client;
    private final KnownOrchestrators orchestrators;
    private final NodeTime time;
    private final RandomGenerator random;
    private int preferred;
    private int failures;
    private @Nullable String trouble;
    private boolean registered;
    private boolean closed;
    private Registration next = Registration.DONE;
    private CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);

    private NodeRegistration(Builder from, KnownOrchestrators orchestrators) {
        this.orchestrators = orchestrators;
        this.time = from.time;
        this.random = from.random;
        this.client = new OrchestratorClient(
                from.node,
                from.advertised,
                orchestrators,
                new OrchestratorClient.Credentials(from.token, from.key, from.tls),
                from.time::now);
    }

    /**
     * Begins to set a registration up.
     *
     * @param node who registers; it stays the caller's to close
     * @param advertised at which URL orchestrators reach it
     * @return a new builder, not thread-safe
     * @throws IllegalArgumentException if that is no URL of a server
     */
    public static Builder builder(RenderNode node, URI advertised) {
        return new Builder(node, KnownOrchestrators.parse("advertise", advertised.toString()));
    }

    /**
     * Returns which orchestrator has the node.
     *
     * @return its URL, or empty while the last word of everybody was something else
     */
    public synchronized Optional<URI> registeredAt() {
        return registered ? Optional.of(orchestrators.urls().get(preferred)) : Optional.empty();
    }

    /**
     * Returns why the node is not registered.
     *
     * @return a sentence, or empty if it is
     */
    public synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    private synchronized void beat() {
        // Each may be asked once, and each may send to another one once.
        tell(preferred, orchestrators.size() * 2);
    }

    private synchronized void tell(int orchestrator, int chances) {
        if (closed) {
            return;
        }
        // Whatever happens to one call, there must be a next one.
        underWay = CompletableFuture.completedFuture(orchestrator)
                .thenCompose(client::register)
                .exceptionally(bug -> new RegistrationAnswer.Unavailable(String.valueOf(bug)))
                .thenAccept(told -> heard(orchestrator, chances - 1, told));
    }

    private synchronized void heard(int orchestrator, int chances, RegistrationAnswer told) {
        if (closed) {
            return;
        }
        if (told instanceof RegistrationAnswer.Registered now) {
            isRegistered(orchestrator, now);
        } else if (told instanceof RegistrationAnswer.Elsewhere elsewhere) {
            OptionalInt leader = orchestrators.find(elsewhere.location(), client.path());
            if (leader.isPresent() && chances > 0) {
                tell(leader.getAsInt(), chances);
            } else {
                failed(
                        orchestrator,
                        chances,
                        "it sends us to '" + shown(elsewhere.location()) + "', which is none of those we know");
            }
        } else if (told instanceof RegistrationAnswer.Unavailable unavailable) {
            failed(orchestrator, chances, unavailable.why());
        } else if (told instanceof RegistrationAnswer.Refused refused) {
            troubled(orchestrator, refused.why());
            preferred = (orchestrator + 1) % orchestrators.size();
            again(refused.retryAfter() == null ? REFUSED_PAUSE : refused.retryAfter());
        }
    }

    private void isRegistered(int orchestrator, RegistrationAnswer.Registered now) {
        if (!registered || orchestrator != preferred) {
            log.info(
                    "registered with {} for {} s at a time",
                    orchestrators.urls().get(orchestrator),
                    now.lease().toSeconds());
        }
        preferred = orchestrator;
        registered = true;
        trouble = null;
        failures = 0;
        again(now.lease().dividedBy(3));
    }

    private void failed(int orchestrator, int chances, String why) {
        troubled(orchestrator, why);
        int following = (orchestrator + 1) % orchestrators.size();
        if (chances > 0 && following != preferred) {
            tell(following, chances);
            return;
        }
        Duration backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures++, 10));
        again(backoff.compareTo(LAST_BACKOFF) > 0 ? LAST_BACKOFF : backoff);
    }

    private void troubled(int orchestrator, String why) {
        String now = "not registered with " + orchestrators.urls().get(orchestrator) + ": " + why;
        if (registered || !now.equals(trouble)) {
            log.warn("{}", now);
        }
        registered = false;
        trouble = now;
    }

    /** Many nodes that were started together must not go on calling together. */
    private void again(Duration delay) {
        double spread = 0.8 + 0.4 * random.nextDouble();
        next = time.after(Duration.ofNanos((long) (delay.toNanos() * spread)), this::beat);
    }

    private static String shown(String location) {
        String plain = location.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 100 ? plain.substring(0, 100) + "…" : plain;
    }

    /**
     * Says that the node leaves: it gets no new work, and the work that it has is still followed. Waits for an answer, four seconds at
     * most; where there is none, the lease runs out. Can be called twice.
     */
    @Override
    public void close() {
        CompletableFuture<?> last;
        int first;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            registered = false;
            next.close();
            last = underWay;
            first = preferred;
        }
        // A registration that is under way would undo the leave if it came after it.
        CompletableFuture<Void> farewell =
                last.handle((done, failure) -> first).thenCompose(from -> leave(from, orchestrators.size() * 2));
        try {
            farewell.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("No orchestrator could be told that the node leaves: they will miss it");
        }
    }

    private CompletableFuture<Void> leave(int orchestrator, int chances) {
        if (chances == 0) {
            return CompletableFuture.failedFuture(new TimeoutException("nobody answers"));
        }
        return client.leave(orchestrator).thenCompose(told -> {
            if (told instanceof RegistrationAnswer.Elsewhere elsewhere) {
                OptionalInt leader = orchestrators.find(elsewhere.location(), client.path());
                return leave(leader.orElse((orchestrator + 1) % orchestrators.size()), chances - 1);
            }
            return told instanceof RegistrationAnswer.Unavailable
                    ? leave((orchestrator + 1) % orchestrators.size(), chances - 1)
                    : CompletableFuture.completedFuture(null);
        });
    }

    /** Sets up a registration. Not thread-safe. */
    public static final class Builder {
        private final RenderNode node;
        private final URI advertised;
        private final List<String> urls = new ArrayList<>();
        private @Nullable String token;
        private @Nullable NodeKey key;
        private @Nullable WatchedTls tls;
        private boolean insecureHttp;
        private NodeTime time = NodeTime.system();
        private RandomGenerator random = new SplittableRandom();

        private Builder(RenderNode node, URI advertised) {
            this.node = node;
            this.advertised = advertised;
        }

        /**
         * Adds orchestrators; at least one is needed.
         *
         * @param addresses such as {@code http://farm.example:4000}, all of one farm
         * @return this builder
         */
        public Builder orchestrators(String... addresses) {
            urls.addAll(List.of(addresses));
            return this;
        }

        /**
         * Sets the token that the orchestrators want, at first at least: once they have the node's {@link #key}, that will do.
         *
         * @param value visible ASCII characters, or null where they want none, which is the default
         * @return this builder
         */
        public Builder token(@Nullable String value) {
            token = value;
            return this;
        }

        /**
         * Sets the key that orchestrators are told, to get into the node. Once one has it, the node shows it instead of the {@link #token}.
         *
         * @param value the key that the node's server knows, too ({@link RenderNodeServer.Builder#key}); default none, for a node that lets
         *     everybody in, or that the orchestrator knows a token of
         * @return this builder
         */
        public Builder key(NodeKey value) {
            key = value;
            return this;
        }

        /**
         * Sets whom to trust over TLS, and which certificate to show to orchestrators that ask for one. New connections follow the files
         * when these change.
         *
         * @param files default none: the CAs that Java trusts, and no certificate
         * @return this builder
         * @throws IllegalArgumentException naming the file that cannot be used
         */
        public Builder tls(TlsFiles files) {
            tls = files.equals(TlsFiles.usual()) ? null : WatchedTls.of(files);
            return this;
        }

        /**
         * Allows token and key to be sent over plain {@code http} to other machines, where everybody on the way can read them: for networks
         * that are private by themselves. Loopback addresses are always allowed.
         *
         * @return this builder
         */
        public Builder insecureHttp() {
            insecureHttp = true;
            return this;
        }

        /**
         * Sets clock and alarm.
         *
         * @param value default {@link NodeTime#system()}
         * @return this builder
         */
        public Builder time(NodeTime value) {
            time = value;
            return this;
        }

        /**
         * Sets what spreads the calls of many nodes.
         *
         * @param value used by one thread at a time; default another one each time
         * @return this builder
         */
        public Builder random(RandomGenerator value) {
            random = value;
            return this;
        }

        /**
         * Begins to register.
         *
         * @return a registration that is under way; this does not wait for it
         * @throws IllegalArgumentException if no orchestrator is named, one of them is no URL of a server, or token or key would go to one
         *     of them in clear text
         */
        public NodeRegistration start() {
            KnownOrchestrators orchestrators = KnownOrchestrators.of(urls);
            if ((token != null || key != null) && !insecureHttp) {
                orchestrators.requireTokensAreSafe();
            }
            NodeRegistration registration = new NodeRegistration(this, orchestrators);
            registration.beat();
            return registration;
        }
    }
}
