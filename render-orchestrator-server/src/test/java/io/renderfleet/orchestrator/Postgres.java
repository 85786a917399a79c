package io.renderfleet.orchestrator;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** A PostgreSQL server that keeps what it acknowledges, and can be started again on the same data. */
final class Postgres implements AutoCloseable {
    private final Path data;
    private EmbeddedPostgres server;

    Postgres(Path data) throws IOException {
        this.data = data;
        this.server = start(EmbeddedPostgres.builder());
    }

    private EmbeddedPostgres start(EmbeddedPostgres.Builder builder) throws IOException {
        return builder.setDataDirectory(data.toFile())
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofMinutes(3))
                // Off by default, for speed; but then it would keep nothing.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start();
    }

    /** Makes a schema, and gives the flags with which an orchestrator keeps its jobs there. */
    List<String> flags(String schema) throws SQLException {
        execute("create schema if not exists " + schema);
        execute("alter database postgres set search_path to " + schema);
        return List.of(
                "--store=jdbc:postgresql://localhost:" + server.getPort() + "/postgres?currentSchema=" + schema,
                "--store-user=postgres");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void stop() throws IOException {
        server.close();
    }

    void startAgain() throws IOException {
        server = start(EmbeddedPostgres.builder().setPort(server.getPort()));
    }

    /** The one value that a query gives, in the schema that was used last. */
    String value(String query) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
