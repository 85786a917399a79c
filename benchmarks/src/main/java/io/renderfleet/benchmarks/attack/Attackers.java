package io.renderfleet.benchmarks.attack;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The clients that mean harm, in a process of their own: it ends by itself when its time is up. They call from addresses of this machine, 127.0.0.2
 * and on, and never leave it.
 *
 * <p>Arguments: the URL of the orchestrator, then those of {@link Force}. It prints {@code attacking} once all connections are open, and each second
 * what was done until then.
 */
final class Attackers {
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final long began = System.nanoTime();
    private final int port;
    private final Force force;

    private Attackers(URI farm, Force force) {
        if (!farm.getHost().equals("127.0.0.1")) {
            throw new IllegalArgumentException("farm is " + farm + ": only 127.0.0.1 is attacked");
        }
        this.port = farm.getPort();
        this.force = force;
    }

    /**
     * Attacks until its time is up.
     *
     * @param args as above
     * @throws InterruptedException if it is stopped
     */
    public static void main(String[] args) throws InterruptedException {
        Force force = Force.of(List.of(args).subList(1, args.length).toArray(String[]::new));
        new Attackers(URI.create(args[0]), force).attack();
    }

    private void attack() throws InterruptedException {
        IdleCrowd crowd = new IdleCrowd(this);
        crowd.fill();
        start("idle connections", crowd);
        for (int i = 0; i < force.uploads(); i++) {
            start("slow upload", new SlowUpload(this, i));
        }
        for (int i = 0; i < RefusedBodies.THREADS; i++) {
            start("refused bodies", new RefusedBodies(this, i));
        }
        start("greedy submitter", new GreedySubmitter(this));
        System.out.println("attacking");
        while (goesOn()) {
            Thread.sleep(1_000);
            System.out.println("so far: " + this);
        }
        System.exit(0);
    }

    private static void start(String name, Runnable attacker) {
        Thread thread = new Thread(attacker, name);
        thread.setDaemon(true);
        thread.start();
    }

    Force force() {
        return force;
    }

    boolean goesOn() {
        return seconds() < force.time().toSeconds();
    }

    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    void count(String what) {
        counts.computeIfAbsent(what, name -> new AtomicInteger()).incrementAndGet();
    }

    /** Connects from 127.0.0.x. */
    LoopbackConnection connect(int from) throws IOException {
        return new LoopbackConnection(from, port);
    }

    @Override
    public String toString() {
        String done = new TreeMap<>(counts)
                .entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "in %.0f s %s", seconds(), done);
    }
}
