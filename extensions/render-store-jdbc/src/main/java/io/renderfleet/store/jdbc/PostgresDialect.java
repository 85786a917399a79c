package io.renderfleet.store.jdbc;

import io.renderfleet.core.model.JobId;
import io.renderfleet.store.jdbc.Write.NumberedRow;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: every change is one statement that is its own transaction.
 *
 * <p>A transaction that takes several calls would hold the lock on the farm's row in between; a leader that is frozen just there would
 * keep everybody else from taking over. One statement is with the server as a whole, and ends there, whatever its sender does.
 */
final class PostgresDialect implements Dialect {
    private static final String LOCK_TABLES = "select pg_advisory_xact_lock(hashtext('renderfleet_schema'))";
    private static final String TIME = "select clock_timestamp()";
    private static final String TAKE_OVER = """
        update renderfleet_farm
           set epoch = epoch + 1, holder = ?, lease_until = clock_timestamp() + ? * interval '1 millisecond'
         where id = 1 and (? or lease_until <= clock_timestamp())
        returning farm, epoch, next_seq, last_attempt\
        """;

    private static final String RENEW = """
        update renderfleet_farm set lease_until = clock_timestamp() + ? * interval '1 millisecond'
         where id = 1 and epoch = ?\
        """;

    /** The farm's row is locked and checked first; the rest happens only if that went well. */
    private static final String LEADER = """
        with leader as (
            update renderfleet_farm
               set next_seq = ?, last_attempt = greatest(last_attempt, ?),
                   lease_until = clock_timestamp() + ? * interval '1 millisecond'
             where id = 1 and epoch = ? and next_seq = ?
            returning epoch, next_seq),
        """;

    /**
     * Only where something is forgotten: a plan that the server made while the table was small, and keeps, reads the whole of it each
     * time, even to delete nothing.
     */
    private static final String FORGOTTEN = """
        forgotten as (
            delete from renderfleet_transition where job = any (?) and exists (select from leader)),
        """;

    private static final String WRITTEN = """
        written as (
            insert into renderfleet_transition (seq, epoch, position, job, kind, form, at, body)
            select row.seq, leader.epoch, row.seq - ?, row.job, row.kind, row.form, row.at::timestamptz, row.body
              from leader, unnest(?::bigint[], ?::text[], ?::text[], ?::smallint[], ?::text[], ?::text[])
                as row (seq, job, kind, form, at, body))
        select count(*) from leader\
        """;

    private static final List<Column<?>> COLUMNS = List.of(
            new Column<>("bigint", Long[]::new, NumberedRow::seq),
            new Column<>("text", String[]::new, row -> row.row().job()),
            new Column<>("text", String[]::new, row -> row.row().kind()),
            new Column<>("smallint", Short[]::new, row -> (short) row.row().form()),
            new Column<>("text", String[]::new, row -> row.row().at().toString()),
            new Column<>("text", String[]::new, row -> row.row().body()));

    private static final String WRITE = LEADER + WRITTEN;
    private static final String WRITE_AND_FORGET = LEADER + FORGOTTEN + WRITTEN;

    private static final String STILL_LEADER =
            "with leader as (select epoch from renderfleet_farm where id = 1 and epoch = ? for share), ";
    private static final String FORGET_VALUE = STILL_LEADER + """
        gone as (
            delete from renderfleet_value where part = ? and name = ? and exists (select from leader))
        select count(*) from leader\
        """;
    private static final String KEEP_VALUE = STILL_LEADER + """
        kept as (
            insert into renderfleet_value (part, name, body) select ?, ?, ? from leader
            on conflict (part, name) do update set body = excluded.body)
        select count(*) from leader\
        """;

    @Override
    public String folder() {
        return "postgresql";
    }

    @Override
    public void lockTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK_TABLES);
        }
    }

    @Override
    public Optional<LeaderTerm> takeOver(Connection connection, LeasePolicy lease, boolean evenIfHeld)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE_OVER)) {
            statement.setString(1, lease.holder());
            statement.setLong(2, lease.ttl().toMillis());
            statement.setBoolean(3, evenIfHeld);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new LeaderTerm(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)))
                        : Optional.empty();
            }
        }
    }

    @Override
    public Optional<Instant> time(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TIME)) {
            return row.next()
                    ? Optional.of(row.getObject(1, OffsetDateTime.class).toInstant())
                    : Optional.empty();
        }
    }

    @Override
    public boolean renew(Connection connection, LeasePolicy lease, LeaderTerm term) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
            statement.setLong(1, lease.ttl().toMillis());
            statement.setLong(2, term.epoch());
            return statement.executeUpdate() == 1;
        }
    }

    @Override
    public boolean write(Connection connection, LeasePolicy lease, Write write) throws SQLException {
        List<NumberedRow> rows = write.rows();
        boolean forgets = !write.forgotten().isEmpty();
        try (PreparedStatement statement = connection.prepareStatement(forgets ? WRITE_AND_FORGET : WRITE)) {
            int parameter = 1;
            statement.setLong(parameter++, write.endSeq());
            statement.setLong(parameter++, write.lastAttempt());
            statement.setLong(parameter++, lease.ttl().toMillis());
            statement.setLong(parameter++, write.term().epoch());
            statement.setLong(parameter++, write.nextSeq());
            if (forgets) {
                statement.setArray(
                        parameter++,
                        connection.createArrayOf(
                                "text",
                                write.forgotten().stream().map(JobId::value).toArray()));
            }
            statement.setLong(parameter++, write.term().firstSeq());
            for (Column<?> column : COLUMNS) {
                statement.setArray(parameter++, column.of(rows, connection));
            }
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getLong(1) == 1;
            }
        }
    }

    @Override
    public boolean keep(Connection connection, LeaderTerm term, String part, String name, @Nullable String value)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(value == null ? FORGET_VALUE : KEEP_VALUE)) {
            statement.setLong(1, term.epoch());
            statement.setString(2, part);
            statement.setString(3, name);
            if (value != null) {
                statement.setString(4, value);
            }
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getLong(1) == 1;
            }
        }
    }

    /** The driver sends arrays of such types as they are; one of objects it would write as a text, for the server to take apart. */
    private record Column<T>(String type, IntFunction<T[]> array, Function<NumberedRow, T> value) {
        Array of(List<NumberedRow> rows, Connection connection) throws SQLException {
            return connection.createArrayOf(type, rows.stream().map(value).toArray(array));
        }
    }
}
