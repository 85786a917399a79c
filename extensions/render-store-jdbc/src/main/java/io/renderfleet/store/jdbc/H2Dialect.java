package io.renderfleet.store.jdbc;

import io.renderfleet.core.model.JobId;
import io.renderfleet.store.jdbc.Write.NumberedRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * H2 in this very process, with its file locked for all others: the process that has the file may lead.
 *
 * <p>A commit is written to the file at once ({@code WRITE_DELAY=0}), and counts as durable once the file is synced.
 */
final class H2Dialect implements Dialect {
    private static final String TAKE_OVER = """
            update renderfleet_farm
               set epoch = epoch + 1, holder = ?, lease_until = dateadd('MILLISECOND', ?, current_timestamp)
             where id = 1""";
    private static final String TERM = "select farm, epoch, next_seq, last_attempt from renderfleet_farm where id = 1";
    private static final String LEADS = "select count(*) from renderfleet_farm where id = 1 and epoch = ?";
    private static final String ADVANCE = """
            update renderfleet_farm set next_seq = ?, last_attempt = greatest(last_attempt, ?)
             where id = 1 and epoch = ? and next_seq = ?""";
    private static final String FORGET = "delete from renderfleet_transition where job = ?";
    private static final String FORGET_VALUE = "delete from renderfleet_value where part = ? and name = ?";
    private static final String KEEP_VALUE =
            "merge into renderfleet_value (part, name, body) key (part, name) values (?, ?, ?)";
    private static final String INSERT = """
            insert into renderfleet_transition (seq, epoch, position, job, kind, form, at, body)
            values (?, ?, ?, ?, ?, ?, ?, ?)""";

    @Override
    public String folder() {
        return "h2";
    }

    /** There is nobody outside of this process. */
    @Override
    public void lockTables(Connection connection) {}

    @Override
    public Optional<LeaderTerm> takeOver(Connection connection, LeasePolicy lease, boolean evenIfHeld)
            throws SQLException {
        return inTransaction(connection, () -> {
            try (PreparedStatement statement = connection.prepareStatement(TAKE_OVER)) {
                statement.setString(1, lease.holder());
                statement.setLong(2, lease.ttl().toMillis());
                statement.executeUpdate();
            }
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(TERM)) {
                row.next();
                return Optional.of(new LeaderTerm(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)));
            }
        });
    }

    /** Nothing is written: the file's lock shows that this process lives. */
    @Override
    public Optional<Instant> time(Connection connection) {
        return Optional.empty();
    }

    @Override
    public boolean renew(Connection connection, LeasePolicy lease, LeaderTerm term) throws SQLException {
        return leads(connection, term);
    }

    private static boolean leads(Connection connection, LeaderTerm term) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LEADS)) {
            statement.setLong(1, term.epoch());
            try (ResultSet count = statement.executeQuery()) {
                return count.next() && count.getLong(1) == 1;
            }
        }
    }

    @Override
    public boolean write(Connection connection, LeasePolicy lease, Write write) throws SQLException {
        return inTransaction(connection, () -> {
            if (!advance(connection, write)) {
                return false;
            }
            forget(connection, write);
            insert(connection, write);
            return true;
        });
    }

    private static boolean advance(Connection connection, Write write) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
            statement.setLong(1, write.endSeq());
            statement.setLong(2, write.lastAttempt());
            statement.setLong(3, write.term().epoch());
            statement.setLong(4, write.nextSeq());
            return statement.executeUpdate() == 1;
        }
    }

    private static void forget(Connection connection, Write write) throws SQLException {
        if (write.forgotten().isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
            for (JobId job : write.forgotten()) {
                statement.setString(1, job.value());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void insert(Connection connection, Write write) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (NumberedRow numbered : write.rows()) {
                TransitionRow row = numbered.row();
                statement.setLong(1, numbered.seq());
                statement.setLong(2, write.term().epoch());
                statement.setLong(3, numbered.seq() - write.term().firstSeq());
                statement.setString(4, row.job());
                statement.setString(5, row.kind());
                statement.setInt(6, row.form());
                statement.setObject(7, row.at().atOffset(ZoneOffset.UTC));
                statement.setString(8, row.body());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    @Override
    public boolean keep(Connection connection, LeaderTerm term, String part, String name, @Nullable String value)
            throws SQLException {
        return inTransaction(connection, () -> {
            if (!leads(connection, term)) {
                return false;
            }
            try (PreparedStatement statement = connection.prepareStatement(value == null ? FORGET_VALUE : KEEP_VALUE)) {
                statement.setString(1, part);
                statement.setString(2, name);
                if (value != null) {
                    statement.setString(3, value);
                }
                statement.executeUpdate();
            }
            return true;
        });
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.run();
            connection.commit();
            try (Statement statement = connection.createStatement()) {
                statement.execute("checkpoint sync");
            }
            return result;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
