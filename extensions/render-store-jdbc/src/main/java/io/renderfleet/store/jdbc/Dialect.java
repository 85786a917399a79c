package io.renderfleet.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What databases do each in their own way: taking the lead, and writing under it.
 *
 * <p>Connections come in autocommit mode and are left so.
 */
interface Dialect {

    /** The name of the folder with the tables' definitions. */
    String folder();

    /** Keeps others from making or changing the tables until this transaction ends. */
    void lockTables(Connection connection) throws SQLException;

    /**
     * Makes the caller the leader, under a new epoch.
     *
     * @param evenIfHeld whether to take the lead away from somebody whose lease has not run out
     * @return empty if somebody else holds it
     */
    Optional<LeaderTerm> takeOver(Connection connection, LeasePolicy lease, boolean evenIfHeld) throws SQLException;

    /**
     * Asks what time it is where the database is.
     *
     * @return empty where that is this process
     */
    Optional<Instant> time(Connection connection) throws SQLException;

    /**
     * Holds on to the lead, for others to see.
     *
     * @return whether it still is the term's holder who leads
     */
    boolean renew(Connection connection, LeasePolicy lease, LeaderTerm term) throws SQLException;

    /**
     * Writes, unless another one leads by now or the store is not at the place that the write expects; then nothing is written.
     *
     * @return whether it is written, and durable
     */
    boolean write(Connection connection, LeasePolicy lease, Write write) throws SQLException;

    /**
     * Keeps a small value, or forgets it, unless another one leads by now; then nothing is changed.
     *
     * @param value null to forget it
     * @return whether that is done, and durable
     */
    boolean keep(Connection connection, LeaderTerm term, String part, String name, @Nullable String value)
            throws SQLException;
}
