package io.renderfleet.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Tasks a second that are dispatched and completed durably on one PostgreSQL server: batches through the engine and its store, beside
 * the same number of tasks that do nothing through db-scheduler and JobRunr, each with 200 workers and as its documentation advises
 * where throughput counts.
 *
 * <p>The server writes to the disk before it acknowledges. Each works for half a minute before it counts; then all three run in turn,
 * in one process, and each round starts with empty tables. The others have their tasks scheduled before the clock starts; ours includes taking the job in.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.DurableThroughput 50000 3"
 * </pre>
 */
public final class DurableThroughput {
    /** How many tasks each of them works at once. */
    static final int WORKERS = 200;

    /** How long each of them works before it counts: compilers and caches are cold. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private DurableThroughput() {}

    /** One of those that are compared. */
    interface Contestant {
        /** How it is called in the table. */
        String name();

        /** Does so many tasks, from the first that is dispatched to the last whose end is durable. */
        Duration run(int tasks) throws Exception;
    }

    /**
     * Measures and prints a table.
     *
     * @param args how many tasks (default 50,000), how many rounds (default 3), and how many jobs ours come as, all submitted at once
     *     (default 1)
     * @throws Exception if something cannot be run
     */
    public static void main(String[] args) throws Exception {
        int tasks = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        int jobs = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        Path data = Files.createTempDirectory("renderfleet-benchmark");
        try (EmbeddedPostgres server = start(data.resolve("data"))) {
            List<Contestant> contestants =
                    List.of(new RenderFleetTasks(server, jobs), new DbSchedulerTasks(server), new JobRunrTasks(server));
            System.out.println(about(server) + ", " + Runtime.getRuntime().availableProcessors() + " processors");
            for (Contestant contestant : contestants) {
                long began = System.nanoTime();
                while (System.nanoTime() - began < WARM_UP.toNanos()) {
                    rate("warming up", contestant, tasks);
                }
            }
            List<List<Double>> rates = new ArrayList<>();
            contestants.forEach(contestant -> rates.add(new ArrayList<>()));
            for (int round = 1; round <= rounds; round++) {
                for (int i = 0; i < contestants.size(); i++) {
                    rates.get(i).add(rate("round " + round, contestants.get(i), tasks));
                }
            }
            print(contestants, rates, tasks);
        } finally {
            remove(data);
        }
        // Whoever was compared may have left threads.
        System.exit(0);
    }

    private static double rate(String what, Contestant contestant, int tasks) throws Exception {
        double rate = tasks / (contestant.run(tasks).toNanos() / 1e9);
        System.out.printf(Locale.ROOT, "%s: %s %.0f/s%n", what, contestant.name(), rate);
        return rate;
    }

    private static EmbeddedPostgres start(Path data) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data.toFile())
                .setPGStartupWait(Duration.ofMinutes(3))
                // Off by default in this server, which is made for tests.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "200")
                .start();
    }

    private static String about(EmbeddedPostgres server) throws SQLException {
        return "PostgreSQL " + value(server, "show server_version") + ", fsync " + value(server, "show fsync")
                + ", synchronous_commit " + value(server, "show synchronous_commit");
    }

    /** Gives the one value of a query. */
    static String value(EmbeddedPostgres server, String query) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Runs statements. */
    static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void print(List<Contestant> contestants, List<List<Double>> rates, int tasks) {
        double ours = median(rates.get(0));
        System.out.printf(Locale.ROOT, "%n| %d tasks, %d workers | a second, median | ours to it |%n", tasks, WORKERS);
        System.out.println("|---|---|---|");
        for (int i = 0; i < contestants.size(); i++) {
            double theirs = median(rates.get(i));
            System.out.printf(
                    Locale.ROOT, "| %s | %,.0f | %.1f |%n", contestants.get(i).name(), theirs, ours / theirs);
        }
    }

    private static double median(List<Double> rates) {
        return rates.stream().sorted().toList().get(rates.size() / 2);
    }

    /** Takes a folder away with all that is in it. */
    static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
