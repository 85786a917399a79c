package io.renderfleet.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.renderfleet.core.local.OwnFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an H2 store: how it is opened, and how it is kept small.
 *
 * <p>H2 makes room by itself only in a thread that runs while commits are delayed, which they are not here. So the file is rewritten when
 * it is closed, and before it is opened if it has grown much since.
 */
final class H2File implements Connections {
    private static final Logger log = LoggerFactory.getLogger(H2File.class);
    private static final int CLOSED = 90098;
    private static final String SUFFIX = ".mv.db";
    /** Most of such a file is room that was given up; to rewrite it takes about a second, and as long as it takes to copy what is left. */
    private static final long LARGE = 16L * 1024 * 1024;

    private static final String USER = "sa";
    private static final String PASSWORD = "";

    private final Path file;
    private final String url;
    private final HikariDataSource pool;

    /**
     * Looks at the path only, and makes the folder.
     *
     * @throws IllegalArgumentException if H2 would not take the path as it is
     * @throws UncheckedIOException if the folder cannot be made
     */
    H2File(Path given) {
        Path whole = withoutSuffix(given.toAbsolutePath().normalize());
        Path folder = whole.getParent();
        if (folder == null || whole.toString().indexOf(';') >= 0) {
            throw new IllegalArgumentException("the store's file is '" + given
                    + "': it must be a file in a folder, without a semicolon in its path");
        }
        try {
            OwnFolder.makePrivate(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of the store's file " + given + " cannot be made", e);
        }
        this.file = whole.resolveSibling(whole.getFileName() + SUFFIX);
        this.url = "jdbc:h2:file:" + whole
                // Each commit goes to the file at once, and is synced by the one who commits. By default it would wait
                // half a second.
                + ";WRITE_DELAY=0"
                // RETENTION_TIME stays at its 45 s: with a second, commits that had been acknowledged were gone once a
                // file that nobody had closed was opened and closed again.
                // Each commit writes anew whatever pages it changes, and their old room is free only after the
                // retention
                // time: with pages of the usual size that was almost twice as much.
                + ";PAGE_SIZE=4096"
                // A transition of usual length lies in its row.
                + ";MAX_LENGTH_INPLACE_LOB=65536"
                // The store closes it, not whatever hook the JVM runs first.
                + ";DB_CLOSE_ON_EXIT=FALSE"
                + ";TRACE_LEVEL_FILE=0";
        this.pool = pool(url);
    }

    private static HikariDataSource pool(String url) {
        HikariDataSource pool = Connections.pool("h2");
        pool.setJdbcUrl(url);
        pool.setUsername(USER);
        pool.setPassword(PASSWORD);
        pool.setDriverClassName("org.h2.Driver");
        // The file is locked while there is a connection: so there is always one.
        pool.setMinimumIdle(MAXIMUM);
        pool.setMaxLifetime(0);
        pool.setIdleTimeout(0);
        return pool;
    }

    /** H2 appends its own ending. */
    private static Path withoutSuffix(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(SUFFIX) ? file.resolveSibling(name.substring(0, name.length() - SUFFIX.length())) : file;
    }

    @Override
    public DataSource source() {
        return pool;
    }

    @Override
    public void prepare() throws SQLException {
        try {
            if (Files.exists(file) && Files.size(file) > LARGE) {
                rewrite();
            }
        } catch (IOException e) {
            throw new SQLException("cannot see how large the file is", e);
        }
        open();
        keepPrivate();
    }

    /** The folder may be older, and open to others. */
    private void keepPrivate() {
        try {
            if (Files.exists(file)) {
                OwnFolder.keepPrivate(file);
            }
        } catch (IOException e) {
            log.warn("the rights of the file {} cannot be changed: {}", file, e.toString());
        }
    }

    /** A file that is large, or lies where much goes on, may take longer to open than a call waits for a connection. */
    private void open() {
        try {
            Connection opening = DriverManager.getConnection(url, USER, PASSWORD);
            try {
                pool.getConnection().close();
            } finally {
                opening.close();
            }
        } catch (SQLException e) {
            // A caller of the pool meets the same error after the pool has tried for a while, and reports it.
            log.debug("The file {} could not be opened at once", file, e);
        }
    }

    /**
     * H2 closes a database to which it could not write, as when the disk is full, and keeps it closed for all who are connected: only
     * when the last of them has left, the next one opens the file again.
     */
    @Override
    public void failed(SQLException trouble) {
        HikariPoolMXBean connected = pool.getHikariPoolMXBean();
        if (connected != null && isClosed(trouble)) {
            log.debug("The file {} was closed by H2 and is opened anew", file, trouble);
            connected.softEvictConnections();
        }
    }

    private static boolean isClosed(@Nullable Throwable trouble) {
        return trouble != null
                && ((trouble instanceof SQLException sql && sql.getErrorCode() == CLOSED)
                        || isClosed(trouble.getCause()));
    }

    /** Rewrites the file only if nobody in this process goes on with it, since that closes it for all. */
    @Override
    public void close(boolean led) throws SQLException {
        pool.close();
        if (led) {
            rewrite();
        }
    }

    private void rewrite() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("shutdown compact");
        }
        keepPrivate();
    }
}
