package io.renderfleet.orchestrator;

import io.renderfleet.core.NodeRegistry;
import io.renderfleet.http.server.Router;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Lets nodes join and leave the farm: their calls, the leases that expire, and threads for looking up addresses. Thread-safe. */
final class NodeMembership implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int WAITING = 1_000;

    private final Registrations registrations;
    private final NodeEndpoints endpoints;
    private final ThreadPoolExecutor lookups;
    private final ScheduledExecutorService clock;

    NodeMembership(NodeRegistry nodes, NodeKeys keys, NodeUrls allowed, Duration lease) {
        this.registrations = new Registrations(nodes, keys, lease, System::nanoTime);
        this.lookups = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING),
                work -> daemon(work, "node-addresses"));
        lookups.allowCoreThreadTimeOut(true);
        this.clock = Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "node-leases"));
        this.endpoints = new NodeEndpoints(nodes, keys, registrations, allowed, lookups);
        long every = Math.max(1, lease.toMillis() / 15);
        var unused = clock.scheduleWithFixedDelay(registrations::expire, every, every, TimeUnit.MILLISECONDS);
    }

    void addTo(Router.Builder router) {
        endpoints.addTo(router);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        lookups.shutdownNow();
    }
}
