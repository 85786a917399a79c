package io.renderfleet.orchestrator;

import io.renderfleet.core.spi.StoreException;
import io.renderfleet.http.server.ListeningServer;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.store.jdbc.Leader;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the program does from its start until it is told to stop: it stands by while another orchestrator leads, leads, and stands by
 * again if it was overtaken.
 */
final class OrchestratorLife {
    private static final Logger log = LoggerFactory.getLogger(OrchestratorLife.class);

    private final OrchestratorOptions options;
    private final Map<String, String> secrets;
    private @Nullable AutoCloseable running;
    private boolean stopped;

    /**
     * Prepares a life.
     *
     * @param options what to start
     * @param secrets what the environment holds, by names without their prefix
     */
    OrchestratorLife(OrchestratorOptions options, Map<String, String> secrets) {
        this.options = options;
        this.secrets = secrets;
    }

    /**
     * Returns once it was stopped.
     *
     * @throws IllegalArgumentException if an option is out of range or does not go together with others
     * @throws StoreException if the store cannot be opened
     * @throws IOException if files cannot be read or written, or the address cannot be listened on
     */
    void run() throws IOException, InterruptedException {
        options.check(secrets.get("TOKEN"), secrets.get("NODE_TOKEN"));
        do {
            Optional<JdbcJobStore> store = options.store(secrets.get("STORE_PASSWORD"));
            if (store.isPresent()) {
                lead(store.get());
            } else if (became(start(null))) {
                new CountDownLatch(1).await();
            }
        } while (!isStopped());
    }

    private void lead(JdbcJobStore store) throws IOException, InterruptedException {
        CountDownLatch overtaken = new CountDownLatch(1);
        store.onFenced(overtaken::countDown);
        OrchestratorServer server;
        try {
            if (!awaitLead(store)) {
                return;
            }
            server = start(store);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
        if (became(server)) {
            overtaken.await();
            log.warn("another orchestrator has taken the lead");
            server.close();
        }
    }

    private OrchestratorServer start(@Nullable JdbcJobStore store) throws IOException {
        OrchestratorServer server = options.start(store, secrets.get("TOKEN"), secrets.get("NODE_TOKEN"));
        log.info("listening on http://{}:{}", options.shownHost(), server.uri().getPort());
        return server;
    }

    /** Waits for the lead, and answers meanwhile. False if it was stopped before. */
    private boolean awaitLead(JdbcJobStore store) throws IOException {
        if (get(store.tryLease())) {
            return true;
        }
        try (ListeningServer listening = options.standBy(store)) {
            String leader = get(store.leader()).map(Leader::holder).orElse("nobody");
            log.info("standing by on {}: {} leads", listening.uri(), leader);
            if (!became(store)) {
                return false;
            }
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
        AutoCloseable last;
        synchronized (this) {
            stopped = true;
            last = running;
        }
        if (last != null) {
            close(last);
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
