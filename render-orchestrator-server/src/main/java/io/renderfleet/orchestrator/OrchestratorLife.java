package io.renderfleet.orchestrator;

import io.renderfleet.core.FarmFollower;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreFencedException;
import io.renderfleet.core.spi.Tracing;
import io.renderfleet.http.server.cli.FileNames;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.store.jdbc.Leader;
import io.renderfleet.store.jdbc.ServerAwayException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the program does from its start until it is stopped: it stands by while another orchestrator leads, leads, and stands by again if it
 * was overtaken.
 */
final class OrchestratorLife {
    private static final Logger log = LoggerFactory.getLogger(OrchestratorLife.class);

    /** How often a stand-by looks which nodes have registered with the leader. */
    private static final Duration KEYS = Duration.ofSeconds(5);

    private final OrchestratorOptions options;
    private final Map<String, String> secrets;
    private final @Nullable Tracing tracing;
    private @Nullable ListeningAddress front;
    private @Nullable AutoCloseable running;
    private boolean stopped;

    /**
     * Prepares a life.
     *
     * @param options what to start
     * @param secrets what the environment holds, by names without their prefix
     * @param tracing what follows the farm, or null; closed when this is stopped
     */
    OrchestratorLife(OrchestratorOptions options, Map<String, String> secrets, @Nullable Tracing tracing) {
        this.options = options;
        this.secrets = secrets;
        this.tracing = tracing;
    }

    /**
     * Returns once it was stopped.
     *
     * @throws IllegalArgumentException if an option is out of range or does not go together with others
     * @throws StoreException if the store cannot be opened
     * @throws IOException if files cannot be read or written, or the address cannot be listened on
     */
    void run() throws IOException, InterruptedException {
        options.check(secrets.get("TOKEN"), secrets.get("NODE_TOKEN"), secrets.get("BROKER_PASSWORD"));
        try (ListeningAddress address = options.listen()) {
            if (!listens(address)) {
                return;
            }
            address.healthUri().ifPresent(health -> log.info("health checks at {}", health));
            FileNames.warnIfLimited();
            String self = options.self(address);
            do {
                Optional<JdbcJobStore> store = options.store(self, secrets.get("STORE_PASSWORD"));
                if (store.isPresent()) {
                    lead(address, self, store.get());
                } else if (became(start(address, null))) {
                    new CountDownLatch(1).await();
                }
            } while (!isStopped());
        }
    }

    private synchronized boolean listens(ListeningAddress address) {
        front = address;
        return !stopped;
    }

    private void lead(ListeningAddress address, String self, JdbcJobStore store)
            throws IOException, InterruptedException {
        CountDownLatch overtaken = new CountDownLatch(1);
        store.onFenced(overtaken::countDown);
        OrchestratorServer server;
        Follower following = null;
        try {
            if (!leadsAtOnce(store)) {
                following = standBy(address, self, store);
                if (!awaitLead(store)) {
                    return;
                }
            }
            server = start(address, store);
        } catch (StoreException e) {
            store.close();
            if (following == null && !(e instanceof ServerAwayException) && !(e instanceof StoreFencedException)) {
                throw e;
            }
            // Nothing is wrong with this one: it had the lead, and the server went away again, or the lead did.
            log.warn("{}; standing by", e.getMessage());
            return;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        } finally {
            if (following != null) {
                following.close();
            }
        }
        if (became(server)) {
            overtaken.await();
            log.warn("another orchestrator has taken the lead");
            server.close();
        }
    }

    /** Not while the store's server is away: it may come back, and there is nothing wrong with this one. */
    private static boolean leadsAtOnce(JdbcJobStore store) {
        try {
            return get(store.tryLease());
        } catch (StoreException e) {
            log.warn("{}; trying again", e.getMessage());
        }
        try {
            // What breaks off while a server stops can look like anything; the second error says what it is.
            return get(store.tryLease());
        } catch (ServerAwayException e) {
            log.warn("{}; standing by until it works", e.getMessage());
            return false;
        }
    }

    private OrchestratorServer start(ListeningAddress address, @Nullable JdbcJobStore store) throws IOException {
        OrchestratorServer server = options.start(address, store, secrets.get("TOKEN"), keys(store), tracing);
        log.info("listening on {}", server.uri());
        return server;
    }

    private NodeKeys keys(@Nullable JdbcJobStore store) throws IOException {
        return options.nodeKeys(store, secrets.get("NODE_TOKEN"));
    }

    /** Answers while another one leads. */
    private Follower standBy(ListeningAddress address, String self, JdbcJobStore store) throws IOException {
        NodeKeys keys = keys(store);
        FarmFollower view = options.follow(keys);
        Follower following = new Follower(store, view, keys.follow(KEYS));
        try {
            OrchestratorHandler shown = options.view(view.farm(), secrets.get("TOKEN"));
            address.show(new Standby(store, following, self, shown), shown);
            log.info("standing by on {}: {} leads", address.uri(), leader(store));
            return following;
        } catch (IOException | RuntimeException e) {
            following.close();
            throw e;
        }
    }

    private static String leader(JdbcJobStore store) {
        try {
            return get(store.leader()).map(Leader::holder).orElse("nobody");
        } catch (ServerAwayException e) {
            return "nobody that is known";
        }
    }

    /** Waits for the lead. False if it was stopped before. */
    private boolean awaitLead(JdbcJobStore store) {
        if (!became(store)) {
            return false;
        }
        try {
            get(store.awaitLease());
            return true;
        } catch (StoreException e) {
            if (isStopped()) {
                return false;
            }
            throw e;
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException cause ? cause : e;
        }
    }

    /** Takes what is to be closed when the program is stopped; closes it at once if that has happened. */
    private boolean became(AutoCloseable now) {
        synchronized (this) {
            if (!stopped) {
                running = now;
                return true;
            }
        }
        close(now);
        return false;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /** Stops what runs, in good order. */
    void stop() {
        AutoCloseable address;
        AutoCloseable last;
        synchronized (this) {
            stopped = true;
            address = front;
            last = running;
        }
        if (address != null) {
            close(address);
        }
        if (last != null) {
            close(last);
        }
        if (tracing != null) {
            close(tracing);
        }
    }

    private static void close(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            log.warn("could not stop in good order", e);
        }
    }
}
