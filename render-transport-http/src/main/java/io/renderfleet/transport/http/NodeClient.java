package io.renderfleet.transport.http;

import io.renderfleet.transport.http.tls.WatchedTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Makes the HTTP client that calls nodes: HTTP/1.1, nothing followed, nothing remembered, nothing decoded. */
final class NodeClient {
    /** Large reads: a frame of 33 MB takes half the processor time that it takes with 16 KiB. */
    private static final int BUFFER = 128 * 1024;

    private static final int MOST_HEADERS = 64 * 1024;
    private static final long MOST_POOLED = 64L << 20;
    private static final int THREADS = 64;

    /** A node holds polls of all its batches at once, each on a connection. */
    private static final int CONNECTIONS = 16_384;

    private static final Duration LOOK_UP = Duration.ofSeconds(15);
    private static final Duration UNUSED = Duration.ofSeconds(25);

    private NodeClient() {}

    /**
     * Makes a client and starts it.
     *
     * @param connectTimeout how long it may take to connect
     * @param tls whom it trusts and what it shows; null for the CAs that Java trusts, and no certificate
     * @param addresses where a host may be connected to
     * @return a client that is to be stopped, with daemon threads
     * @throws IllegalStateException if it cannot be started
     */
    static HttpClient start(Duration connectTimeout, @Nullable WatchedTls tls, NodeAddresses addresses) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
        threads.setName("render-http");
        threads.setDaemon(true);
        Scheduler clock = new ScheduledExecutorScheduler("render-http-clock", true);
        ClientConnector connector = new ClientConnector();
        connector.setExecutor(threads);
        connector.setSelectors(1);
        connector.setScheduler(clock);
        connector.setByteBufferPool(new ArrayByteBufferPool(0, -1, BUFFER, -1, MOST_POOLED, MOST_POOLED));
        connector.setSslContextFactory(WatchedTls.connector(tls));
        HttpClient client = new HttpClient(new HttpClientTransportOverHTTP(connector));
        client.setConnectTimeout(connectTimeout.toMillis());
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(null);
        client.setMaxConnectionsPerDestination(CONNECTIONS);
        client.setMaxRequestsQueuedPerDestination(CONNECTIONS);
        client.setMaxResponseHeadersSize(MOST_HEADERS);
        client.setResponseBufferSize(BUFFER);
        client.setIdleTimeout(UNUSED.toMillis());
        // Nodes that are gone leave nothing behind.
        client.setDestinationIdleTimeout(Duration.ofMinutes(5).toMillis());
        client.setName("render-http");
        SocketAddressResolver names = new SocketAddressResolver.Async(threads, clock, LOOK_UP.toMillis());
        client.setSocketAddressResolver((host, port, context, promise) -> {
            List<InetAddress> allowed = addresses.of(host, port);
            if (allowed.isEmpty()) {
                names.resolve(host, port, context, promise);
            } else {
                promise.succeeded(allowed.stream()
                        .map(address -> new InetSocketAddress(address, port))
                        .toList());
            }
        });
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client cannot be started", e);
        }
        // What a start adds: following redirects, answering challenges, decoding bodies.
        client.getProtocolHandlers().clear();
        client.getContentDecoderFactories().clear();
        return client;
    }
}
