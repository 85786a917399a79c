package io.renderfleet.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.concurrent.TimeUnit;

/** What those that ours is compared with need from around. */
final class Peers {
    private static final long LOOK_EVERY_MILLIS = 20;

    private Peers() {}

    static HikariDataSource pool(EmbeddedPostgres server, int connections) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:postgresql://localhost:" + server.getPort() + "/postgres");
        pool.setUsername("postgres");
        pool.setMaximumPoolSize(connections);
        return pool;
    }

    /** Waits until a query counts so many. */
    static void await(EmbeddedPostgres server, String query, int wanted) throws Exception {
        while (Integer.parseInt(DurableThroughput.value(server, query)) != wanted) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }
}
