package io.renderfleet.http.server;

import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.TlsTrouble;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's TLS: 1.2 and 1.3 with ciphers that are forward secret and authenticated, certificates that follow their files, and one line in
 * the log for each client that is refused, as long as those are few.
 */
final class ServerTls extends AbstractLifeCycle implements SslHandshakeListener, Connection.Listener {
    private static final Logger log = LoggerFactory.getLogger(ListeningServer.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /** Who knocks at the door all day does not fill the log. */
    private static final RateLimit LINES = new RateLimit(10, Duration.ofMinutes(1));

    private static final String LEFT =
            "the other side went away in the middle of the handshake: perhaps it does not accept our certificate";

    /** Whose handshake is under way. */
    private final Map<Connection, String> underWay = new ConcurrentHashMap<>();

    private final WatchedTls files;
    private final Scheduler scheduler;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private final RateLimiter lines = new RateLimiter(LINES, System::nanoTime);
    private Scheduler.@Nullable Task next;

    ServerTls(TlsFiles files, Scheduler scheduler) {
        this.files = WatchedTls.of(files);
        this.scheduler = scheduler;
        factory.setSslContext(this.files.serverContext());
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        factory.setExcludeProtocols();
        factory.setExcludeCipherSuites();
        factory.setIncludeCipherSuites(
                "TLS_AES_.*", "TLS_CHACHA20_.*", "TLS_ECDHE_.*_GCM_.*", "TLS_ECDHE_.*_CHACHA20_.*");
        factory.setRenegotiationAllowed(false);
        factory.setNeedClientAuth(files.ca() != null);
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    @Override
    protected void doStart() {
        lookLater();
    }

    @Override
    protected synchronized void doStop() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private synchronized void lookLater() {
        next = scheduler.schedule(this::look, INTERVAL);
    }

    private void look() {
        if (!isRunning()) {
            return;
        }
        try {
            if (files.reread()) {
                factory.reload(renewed -> renewed.setSslContext(files.serverContext()));
            }
        } catch (Exception failure) {
            log.error("TLS could not take its files anew, and goes on with those from before", failure);
        } finally {
            lookLater();
        }
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof SslConnection) {
            underWay.put(connection, client(connection.getEndPoint()));
        }
    }

    @Override
    public void handshakeSucceeded(Event event) {
        var unused = endOf(event);
    }

    @Override
    public void handshakeFailed(Event event, Throwable failure) {
        String client = endOf(event);
        if (client != null) {
            refused(client, TlsTrouble.reason(failure).orElse(LEFT));
        }
    }

    /** Some clients close the connection without a word where they do not like a certificate; what sends nothing at all is a probe. */
    @Override
    public void onClosed(Connection connection) {
        String client = underWay.remove(connection);
        if (client != null && connection.getBytesIn() > 0) {
            refused(client, LEFT);
        }
    }

    private @Nullable String endOf(Event event) {
        return event.getEndPoint() instanceof SslConnection.SslEndPoint inner
                ? underWay.remove(inner.getSslConnection())
                : null;
    }

    private void refused(String client, String why) {
        RateLimiter.Verdict verdict = lines.take("all");
        if (verdict.allowed()) {
            String more = verdict.remaining() > 0 ? "" : "; more of that goes unmentioned for a while";
            log.warn("TLS connection of {} failed: {}{}", client, why, more);
        }
    }

    private static String client(EndPoint endPoint) {
        return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "a client";
    }
}
