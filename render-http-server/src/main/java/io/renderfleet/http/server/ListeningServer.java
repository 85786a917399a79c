package io.renderfleet.http.server;

import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A Jetty that listens on one address with a {@link Router}, set up for clients that mean harm: bounded connections, headers and waiting
 * times, no version banner, errors that reveal nothing.
 *
 * <p>It runs from {@link #start} to {@link #close}, which waits for calls that are being answered; {@link HeldPolls} are to be
 * released before. Thread-safe.
 */
public final class ListeningServer implements AutoCloseable {
    /** A percent sign is encoded in names that artists give their files. It cannot hide anything: the router decodes each part once. */
    private static final UriCompliance URIS =
            UriCompliance.DEFAULT.with("percent-signs", UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING);

    private final Server server;
    private final ServerConnector connector;
    private final String host;

    private ListeningServer(Server server, ServerConnector connector, String host) {
        this.server = server;
        this.connector = connector;
        this.host = host;
    }

    /**
     * Starts to listen.
     *
     * @param host an address or a name of this machine, or {@code 0.0.0.0} for all of its addresses
     * @param port 1 to 65535, or 0 for a free one
     * @param handler answers, such as a {@link Router}
     * @param errors answers what never reaches the handler, from {@link Router.Builder#errors}
     * @param limits what to put up with
     * @return a server that listens already
     * @throws IOException if the address cannot be listened on
     */
    public static ListeningServer start(
            String host, int port, Handler handler, Request.Handler errors, HttpLimits limits) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(64, 4);
        threads.setName("http");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(limits.maxHeaderBytes());
        http.setUriCompliance(URIS);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.setShutdownIdleTimeout(1_000);
        ConnectionWatch watch = new ConnectionWatch(handler, limits.headerPatience());
        connector.addBean(watch, false);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(limits.maxConnections(), server));
        server.setHandler(new GracefulHandler(watch));
        server.setErrorHandler(errors);
        server.setStopTimeout(limits.stop().toMillis());
        try {
            server.start();
        } catch (Exception failure) {
            stop(server);
            if (failure instanceof IOException unavailable) {
                // Jetty's own message does not say why.
                Throwable cause = unavailable.getCause() == null ? unavailable : unavailable.getCause();
                throw new IOException(
                        "cannot listen on " + host + " port " + port + ": " + cause.getMessage(), failure);
            }
            throw new IllegalStateException("the HTTP server cannot be started", failure);
        }
        return new ListeningServer(server, connector, host);
    }

    /**
     * Returns where it listens.
     *
     * @return a URL without a path; where it listens on every address, that of the loopback interface
     */
    public URI uri() {
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        String literal = shown.contains(":") && !shown.startsWith("[") ? "[" + shown + "]" : shown;
        return URI.create("http://" + literal + ":" + connector.getLocalPort());
    }

    /**
     * Returns which port it listens on.
     *
     * @return the port, also where a free one was asked for
     */
    public int port() {
        return connector.getLocalPort();
    }

    /** Takes no more calls, waits for those that are being answered, and stops. Can be called twice. */
    @Override
    public void close() {
        stop(server);
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("the HTTP server cannot be stopped", failure);
        }
    }
}
