package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/** The tables: made, or brought to this version, before anything else is done with a database. */
final class Schema {
    private static final String LOCATION = "classpath:io/renderfleet/store/jdbc/";
    private static final String HISTORY_TABLE = "renderfleet_schema";

    /** The row of the farm, which the first process makes. */
    private static final String MAKE_FARM = """
            insert into renderfleet_farm (id, farm, epoch, next_seq, last_attempt, holder, lease_until)
            select 1, '%s', 0, 1, 0, '', current_timestamp
             where not exists (select * from renderfleet_farm)""";

    private Schema() {}

    /** One at a time, whether in this process or in several: who comes second finds everything done. */
    static synchronized Dialect prepare(DataSource source, String store) throws SQLException {
        try (Connection connection = source.getConnection()) {
            Dialect dialect = dialect(connection, store);
            connection.setAutoCommit(false);
            try {
                dialect.lockTables(connection);
                migrate(source, dialect, store);
                makeFarm(source);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return dialect;
        }
    }

    private static Dialect dialect(Connection connection, String store) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> new PostgresDialect();
            case "H2" -> new H2Dialect();
            default ->
                throw new StoreException(
                        store + ": the database is '" + product + "': PostgreSQL and H2 can be used", null);
        };
    }

    private static void migrate(DataSource source, Dialect dialect, String store) {
        try {
            Flyway flyway = Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(source)
                    .locations(LOCATION + dialect.folder())
                    .table(HISTORY_TABLE)
                    // The tables may live beside those of an application.
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load();
            flyway.migrate();
            if (Arrays.stream(flyway.info().all()).map(MigrationInfo::getState).anyMatch(Schema::isOfTheFuture)) {
                throw new StoreException(store + ": its tables were made by a newer version: use that one", null);
            }
        } catch (FlywayException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown reason");
            throw new StoreException(store + ": its tables could not be made or brought to this version: " + why, e);
        }
    }

    private static boolean isOfTheFuture(MigrationState state) {
        return state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED;
    }

    private static void makeFarm(DataSource source) throws SQLException {
        String farm = "f-" + UUID.randomUUID().toString().toLowerCase(Locale.ROOT);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute(MAKE_FARM.formatted(farm));
        }
    }
}
