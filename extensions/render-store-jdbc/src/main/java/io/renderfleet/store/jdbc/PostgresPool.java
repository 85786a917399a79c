package io.renderfleet.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections to a PostgreSQL server. */
final class PostgresPool implements Connections {
    private static final String SCHEME = "jdbc:postgresql:";

    /** Longer than any answer takes; a server that is silent for so long is taken for gone. */
    private static final String SOCKET_TIMEOUT_SECONDS = "20";

    private final HikariDataSource pool;

    PostgresPool(String url, @Nullable String user, @Nullable String password) {
        if (!url.startsWith(SCHEME)) {
            throw new IllegalArgumentException("the address of the store is '" + withoutParameters(url)
                    + "': it must begin with " + SCHEME + ", such as jdbc:postgresql://db.example:5432/renderfleet");
        }
        if (where(url).matches("[^/]*//[^/]*@.*")) {
            throw new IllegalArgumentException(
                    "the address of the store has a user or a password before an '@', which the driver would take for"
                            + " a part of the host: give them by themselves");
        }
        pool = Connections.pool("postgresql");
        pool.setJdbcUrl(url);
        pool.setUsername(user);
        pool.setPassword(password);
        pool.setDriverClassName("org.postgresql.Driver");
        pool.addDataSourceProperty("ApplicationName", "renderfleet");
        pool.addDataSourceProperty("connectTimeout", "5");
        pool.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT_SECONDS);
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        // Only reading takes several calls in one transaction; a reader that is frozen in it must not hold back the
        // server's tidying.
        pool.setConnectionInitSql("set idle_in_transaction_session_timeout = '60s'");
    }

    /** The address as it can be shown: the driver's parameters may hold a password. */
    static String withoutParameters(String url) {
        int end = url.indexOf('?');
        return end < 0 ? url : url.substring(0, end);
    }

    static String where(String url) {
        return withoutParameters(url).substring("jdbc:".length());
    }

    @Override
    public DataSource source() {
        return pool;
    }

    @Override
    public void close(boolean led) {
        pool.close();
    }
}
