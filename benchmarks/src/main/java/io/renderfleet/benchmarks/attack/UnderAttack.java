package io.renderfleet.benchmarks.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How long the small jobs of an honest client take while others attack the farm, beside how long they take when it is quiet: silent connections,
 * slow uploads, wrong submissions, and a submitter at its limits, all at once. The servers are processes as an operator starts them, and all of it
 * stays on loopback.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.attack.UnderAttack 20"
 * </pre>
 *
 * <p>Arguments: how many jobs (default 20); then how many silent connections, slow uploads, wrong submissions a second, and seconds at most
 * (default 2500 20 5000 180).
 */
public final class UnderAttack {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * What came of it.
     *
     * @param wanted how many jobs there were in each part
     * @param quiet how long those took that were completed before the attack
     * @param attacked how long those took that were completed during the attack
     * @param probes how many health checks were sent meanwhile
     * @param answered how many of these were answered in time
     * @param alive whether all servers were alive at the end
     */
    record Outcome(int wanted, List<Duration> quiet, List<Duration> attacked, int probes, int answered, boolean alive) {
        boolean everyJobFinished() {
            return quiet.size() == wanted && attacked.size() == wanted;
        }
    }

    private UnderAttack() {}

    /**
     * Prints the table.
     *
     * @param args as above
     * @throws Exception if a server cannot be started
     */
    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        Force force = args.length > 1 ? Force.of(Arrays.copyOfRange(args, 1, args.length)) : Force.FULL;
        Path folder = Files.createTempDirectory("renderfleet-under-attack");
        Outcome outcome;
        try {
            outcome = run(folder, jobs, force);
        } finally {
            remove(folder);
        }
        System.exit(outcome.everyJobFinished() && outcome.alive() && outcome.probes() == outcome.answered() ? 0 : 1);
    }

    static Outcome run(Path folder, int jobs, Force force) throws IOException, InterruptedException {
        try (AttackedFarm farm = new AttackedFarm(folder)) {
            HonestClient client = new HonestClient(farm.uri());
            // What the JVMs compile first is not what is measured.
            client.jobs(jobs);
            List<Duration> quiet = client.jobs(jobs);
            print("quiet", jobs, quiet);
            List<String> args = new ArrayList<>(List.of(farm.uri().toString()));
            args.addAll(List.of(force.args()));
            try (Program attackers = Program.start(Attackers.class.getName(), 256, folder, args)) {
                attackers.await("attacking", PATIENCE);
                // As before the quiet part, the JVMs get the time to compile what they do; and the greedy submitter has
                // jobs enough by then.
                for (long second = 0; second < force.time().toSeconds() / 12; second++) {
                    attackers.await("so far: ", PATIENCE);
                }
                Duration before = farm.cpu();
                long began = System.nanoTime();
                Probes probes = new Probes(farm.health());
                List<Duration> attacked = client.jobs(jobs);
                probes.close();
                double seconds = (System.nanoTime() - began) / 1e9;
                print("attacked", jobs, attacked);
                System.out.printf(
                        Locale.ROOT,
                        "ratio: p50 %.1f, p99 %.1f%n",
                        ratio(attacked, quiet, 50),
                        ratio(attacked, quiet, 99));
                System.out.printf(
                        Locale.ROOT,
                        "health checks: %d of %d answered, the slowest after %d ms; orchestrator: %.2f processors%n",
                        probes.answered(),
                        probes.sent(),
                        probes.slowest().toMillis(),
                        farm.cpu().minus(before).toMillis() / 1e3 / seconds);
                System.out.println("attack: " + attackers.latest("so far: "));
                return new Outcome(jobs, quiet, attacked, probes.sent(), probes.answered(), farm.isAlive());
            }
        }
    }

    private static void print(String part, int wanted, List<Duration> times) {
        System.out.printf(
                Locale.ROOT,
                "%-9s %d of %d jobs completed, p50 %d ms, p99 %d ms%n",
                part,
                times.size(),
                wanted,
                percentile(times, 50).toMillis(),
                percentile(times, 99).toMillis());
    }

    private static double ratio(List<Duration> attacked, List<Duration> quiet, int percent) {
        return (double) percentile(attacked, percent).toNanos()
                / percentile(quiet, percent).toNanos();
    }

    /** By nearest rank: the 99th percentile of twenty is the slowest. */
    private static Duration percentile(List<Duration> times, int percent) {
        if (times.isEmpty()) {
            return Duration.ofDays(1);
        }
        List<Duration> sorted = times.stream().sorted().toList();
        return sorted.get((int) Math.ceil(sorted.size() * percent / 100.0) - 1);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
