package io.renderfleet.store.jdbc;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a farm's tables. Blocks; makes the tables when it is first asked for something.
 *
 * <p>Every error comes out as a {@link StoreException} that says what could not be done where. Thread-safe.
 */
final class Database {
    private static final String STATE =
            "select holder, epoch, lease_until > current_timestamp, next_seq from renderfleet_farm where id = 1";
    private static final String RELEASE =
            "update renderfleet_farm set lease_until = current_timestamp where id = 1 and epoch = ?";
    private static final String HISTORY = """
            select seq, job, kind, form, body from renderfleet_transition
             where seq > ? order by seq fetch first ? rows only""";

    /** Stand-bys that follow the history need the notes of what was forgotten, but no longer than they may lag behind. */
    private static final String DROP_NOTES = """
            delete from renderfleet_transition
             where kind = 'job-forgotten' and at < current_timestamp - interval '1' day""";

    private static final String VALUES = "select name, body from renderfleet_value where part = ? order by name";

    private static final int FETCH = 100;

    private final Connections connections;
    private final String name;
    private final LeasePolicy lease;
    private final TransitionCodec codec;
    private @Nullable Dialect ready;

    Database(Connections connections, String name, LeasePolicy lease, TransitionCodec codec) {
        this.connections = connections;
        this.name = name;
        this.lease = lease;
        this.codec = codec;
    }

    Optional<LeaderTerm> takeOver(boolean evenIfHeld) {
        return call("take the lead", (connection, dialect) -> dialect.takeOver(connection, lease, evenIfHeld));
    }

    boolean renew(LeaderTerm term) {
        return call("renew the lease", (connection, dialect) -> dialect.renew(connection, lease, term));
    }

    Optional<Instant> time() {
        return call("see what time it is", (connection, dialect) -> dialect.time(connection));
    }

    void release(LeaderTerm term) {
        call("give up the lead", (connection, dialect) -> {
            try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
                statement.setLong(1, term.epoch());
                return statement.executeUpdate();
            }
        });
    }

    boolean write(Write write) {
        return call("write", (connection, dialect) -> dialect.write(connection, lease, write));
    }

    void dropOldNotes() {
        call("tidy up", (connection, dialect) -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(DROP_NOTES);
            }
        });
    }

    FarmState state() {
        return call("see who leads", (connection, dialect) -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(STATE)) {
                if (!row.next()) {
                    throw new StoreException(name + ": the row of the farm is gone", null);
                }
                Leader leader = new Leader(row.getString(1), row.getLong(2), row.getBoolean(3));
                return new FarmState(leader, row.getLong(4));
            }
        });
    }

    /**
     * Reads transitions in order, a few at a time.
     *
     * @param after the sequence number of the last one that is known
     * @param limit how many at most
     * @param reader takes each
     * @return how many there were
     */
    long read(long after, long limit, Consumer<StoredTransition> reader) {
        return call("read the history", (connection, dialect) -> {
            // The drivers fetch bit by bit only within a transaction.
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(HISTORY)) {
                statement.setFetchSize(FETCH);
                statement.setLong(1, after);
                statement.setLong(2, limit);
                long told = 0;
                try (ResultSet row = statement.executeQuery()) {
                    while (told < limit && row.next()) {
                        told += tell(reader, row, after, limit - told);
                    }
                }
                connection.commit();
                return told;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** Passes on those transitions of a row that come after a place, as many as are wanted, and returns their number. */
    private int tell(Consumer<StoredTransition> reader, ResultSet row, long after, long wanted) throws SQLException {
        List<JobTransition> all = codec.decode(row.getString(2), row.getString(3), row.getInt(4), row.getString(5));
        long seq = row.getLong(1) - all.size();
        int told = 0;
        for (JobTransition transition : all) {
            seq++;
            if (seq > after && told < wanted) {
                reader.accept(new StoredTransition(seq, transition));
                told++;
            }
        }
        return told;
    }

    /** Reads all values of a part of the software. */
    Map<String, String> values(String part) {
        return call("read values", (connection, dialect) -> {
            Map<String, String> values = new TreeMap<>();
            try (PreparedStatement statement = connection.prepareStatement(VALUES)) {
                statement.setString(1, part);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        values.put(row.getString(1), row.getString(2));
                    }
                }
            }
            return values;
        });
    }

    /**
     * Keeps a value, or forgets it, under the newest epoch only.
     *
     * @param value null to forget it
     * @return false if another one leads; nothing is changed then
     */
    boolean keep(LeaderTerm term, String part, String name, @Nullable String value) {
        return call("keep a value", (connection, dialect) -> dialect.keep(connection, term, part, name, value));
    }

    /** Work on a connection in autocommit mode. */
    private interface Work<T> {
        T run(Connection connection, Dialect dialect) throws SQLException;
    }

    private <T> T call(String what, Work<T> work) {
        try {
            Dialect dialect = dialect();
            try (Connection connection = connections.source().getConnection()) {
                connection.setAutoCommit(true);
                return work.run(connection, dialect);
            }
        } catch (SQLException e) {
            connections.failed(e);
            throw DatabaseErrors.of(name, what, e);
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            // Pools and drivers have exceptions of their own, and a thread that waits for the lead must survive them,
            // too.
            throw new StoreException(name + ": could not " + what + ": " + e, e);
        }
    }

    private synchronized Dialect dialect() throws SQLException {
        Dialect dialect = ready;
        if (dialect == null) {
            connections.prepare();
            dialect = Schema.prepare(connections.source(), name);
            ready = dialect;
        }
        return dialect;
    }

    /** Frees the connections. */
    void close(boolean led) {
        try {
            connections.close(led);
        } catch (SQLException e) {
            throw DatabaseErrors.of(name, "close it", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
