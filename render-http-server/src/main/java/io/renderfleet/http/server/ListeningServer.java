package io.renderfleet.http.server;

import io.renderfleet.transport.http.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

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

    private static final int LEAST_ACCEPT_QUEUE = 50;

    private final Server server;
    private final ServerConnector connector;
    private final Binding binding;

    private ListeningServer(Server server, ServerConnector connector, Binding binding) {
        this.server = server;
        this.connector = connector;
        this.binding = binding;
    }

    /**
     * Starts to listen.
     *
     * @param binding where, and whether over TLS; certificates are read again when their files change
     * @param handler answers, such as a {@link Router}
     * @param errors answers what never reaches the handler, from {@link Router.Builder#errors}
     * @param limits what to put up with
     * @return a server that listens already
     * @throws IOException if the address cannot be listened on
     * @throws IllegalArgumentException naming the file that cannot be used for TLS
     */
    public static ListeningServer start(Binding binding, Handler handler, Request.Handler errors, HttpLimits limits)
            throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(Math.max(8, Math.min(64, limits.maxConnections() / 4)), 4);
        threads.setName("http");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(limits.maxHeaderBytes());
        http.setUriCompliance(URIS);
        ServerConnector connector = connector(server, http, binding.tls());
        connector.setHost(binding.host());
        connector.setPort(binding.port());
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.setShutdownIdleTimeout(1_000);
        // What finds this queue full tries again after a second, then after three.
        connector.setAcceptQueueSize(Math.max(LEAST_ACCEPT_QUEUE, limits.maxConnections() / 2));
        ConnectionWatch watch = new ConnectionWatch(handler, limits.headerPatience(), limits.maxConnections());
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
                        "cannot listen on " + binding.host() + " port " + binding.port() + ": " + cause.getMessage(),
                        failure);
            }
            throw new IllegalStateException("the HTTP server cannot be started", failure);
        }
        return new ListeningServer(server, connector, binding);
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, @Nullable TlsFiles files) {
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        if (files == null) {
            return new ServerConnector(server, 1, 1, plain);
        }
        // By which names the server may be called is checked with the Host header, TLS or not.
        http.addCustomizer(new SecureRequestCustomizer(false));
        ServerTls tls = new ServerTls(files, server.getScheduler());
        server.addBean(tls, true);
        SslConnectionFactory secure = new SslConnectionFactory(tls.factory(), plain.getProtocol());
        ServerConnector connector = new ServerConnector(server, 1, 1, secure, plain);
        connector.addBean(tls, false);
        return connector;
    }

    /**
     * Returns where it listens.
     *
     * @return a URL without a path; where it listens on every address, that of the loopback interface
     */
    public URI uri() {
        String host = binding.host();
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        String literal = shown.contains(":") && !shown.startsWith("[") ? "[" + shown + "]" : shown;
        return URI.create(
                (binding.tls() == null ? "http" : "https") + "://" + literal + ":" + connector.getLocalPort());
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
