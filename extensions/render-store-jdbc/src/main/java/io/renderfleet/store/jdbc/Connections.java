package io.renderfleet.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Where a store's connections come from, and what is to be done before the first and after the last. */
interface Connections {
    /** How long a call waits for a free connection. */
    Duration WAIT_FOR_CONNECTION = Duration.ofSeconds(5);

    /** How many a store needs at most: to write, to keep the lease, and to read. */
    int MAXIMUM = 4;

    DataSource source();

    /** Called once, before the first connection is asked for. */
    default void prepare() throws SQLException {}

    /**
     * Called when something went wrong, after the connection in question was given back.
     *
     * @param trouble what went wrong
     */
    default void failed(SQLException trouble) {}

    /**
     * Called after the last one was given back.
     *
     * @param led whether this store had the lead until now
     */
    default void close(boolean led) throws SQLException {}

    /** A pool that connects when it is first asked to; until then it can be set up further. */
    static HikariDataSource pool(String name) {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName("renderfleet-store-" + name);
        pool.setMaximumPoolSize(MAXIMUM);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(WAIT_FOR_CONNECTION.toMillis());
        // Each caller that asks for a connection learns what is wrong; the pool itself never gives up.
        pool.setInitializationFailTimeout(-1);
        return pool;
    }
}
