package io.renderfleet.store.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server for all tests of this JVM, which keeps what it acknowledges, and can be stopped, killed and started again on
 * the same data.
 */
final class PostgresServer {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static @Nullable PostgresServer shared;

    private final Path data;
    private EmbeddedPostgres server;

    private PostgresServer(Path data) throws IOException {
        this.data = data;
        this.server = start(data, 0);
    }

    /** Starts it when it is first asked for; it ends with the JVM. */
    static synchronized PostgresServer shared() {
        PostgresServer server = shared;
        if (server == null) {
            try {
                Path folder = Files.createTempDirectory("renderfleet-postgres");
                server = new PostgresServer(folder.resolve("data"));
                Runtime.getRuntime().addShutdownHook(new Thread(server::end));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            shared = server;
        }
        return server;
    }

    private static EmbeddedPostgres start(Path data, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data.toFile())
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofMinutes(1))
                // Off by default, for speed; but then it would keep nothing.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on");
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    /** Makes a schema of its own for a test, and gives the address of a store in it. */
    String newStore() {
        String name = "test_" + NUMBER.incrementAndGet();
        execute("create schema " + name);
        return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?currentSchema=" + name;
    }

    void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void stop() throws IOException {
        server.close();
    }

    /** As if the machine had lost power, as far as that can be done. */
    void kill() throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
        ProcessHandle postmaster =
                ProcessHandle.of(Long.parseLong(lines.get(0).strip())).orElseThrow();
        List<ProcessHandle> all = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().join();
        all.forEach(process -> process.onExit().join());
        server.close();
    }

    void startAgain() throws IOException {
        server = start(data, server.getPort());
    }

    private void end() {
        try {
            stop();
            try (Stream<Path> files = Files.walk(data.getParent())) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
