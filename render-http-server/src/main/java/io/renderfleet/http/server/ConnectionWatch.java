package io.renderfleet.http.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections of which nothing comes: those whose first request does not come, those whose request never gets complete, and, once the server is to stop, those without a
 * request. Jetty's idle timeout begins anew with each byte, so a client that sends one byte in twenty seconds would hold a connection
 * for days; one that sends nothing at all keeps its place for a minute; and a graceful stop would wait that timeout out for each client that keeps its connection for later.
 *
 * <p>Over TLS there are two connections, one inside of the other: the outer one is watched until its handshake is done.
 *
 * <p>{@link ConnectionPlaces} says which connections make way for others.
 *
 * <p>It listens for connections, wraps the handler to see which requests are complete, and now and then looks at all connections.
 */
final class ConnectionWatch extends Handler.Wrapper implements Connection.Listener, SslHandshakeListener, Graceful {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Long enough for a request that was sent before its client could know of the stop: that one gets its answer. */
    private static final Duration INTERVAL_OF_A_STOP = Duration.ofMillis(100);

    private final Map<Connection, Watch> watches = new ConcurrentHashMap<>();
    private final ConnectionPlaces places;
    private final long patienceNanos;
    private Scheduler.@Nullable Task next;
    private volatile boolean stopping;

    ConnectionWatch(Handler handler, Duration headerPatience, int maxConnections) {
        super(handler);
        this.places = new ConnectionPlaces(maxConnections);
        this.patienceNanos = headerPatience.toNanos();
    }

    @Override
    public void onOpened(Connection connection) {
        watches.put(connection, new Watch(System.nanoTime()));
        if (socketOf(connection) == connection && !places.admit(connection, address(connection), this::waiting)) {
            connection.getEndPoint().close();
        }
    }

    /** Over TLS a second connection lies inside of the one that is a socket. */
    private static Connection socketOf(Connection connection) {
        return connection.getEndPoint() instanceof SslConnection.SslEndPoint inner
                ? inner.getSslConnection()
                : connection;
    }

    private static String address(Connection connection) {
        return connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress from
                ? ClientAddress.network(from.getAddress())
                : "unknown";
    }

    private List<ConnectionPlaces.Waiting> waiting() {
        long now = System.nanoTime();
        List<ConnectionPlaces.Waiting> all = new ArrayList<>();
        watches.forEach((connection, watch) -> watch.waiting(socketOf(connection), connection.getBytesIn(), now)
                .ifPresent(all::add));
        return all;
    }

    @Override
    public void onClosed(Connection connection) {
        watches.remove(connection);
        places.leave(connection);
    }

    @Override
    public void handshakeSucceeded(Event event) {
        if (event.getEndPoint() instanceof SslConnection.SslEndPoint inner) {
            watches.remove(inner.getSslConnection());
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Connection connection = request.getConnectionMetaData().getConnection();
        Watch watch = watches.get(connection);
        if (watch != null) {
            watch.requestBegan();
            Request.addCompletionListener(request, failure -> watch.requestEnded(connection.getBytesIn()));
        }
        return super.handle(request, response, callback);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        stopping = false;
        sweepLater();
    }

    @Override
    public CompletableFuture<Void> shutdown() {
        stopping = true;
        if (isRunning()) {
            sweepLater();
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isShutdown() {
        return stopping;
    }

    @Override
    protected synchronized void doStop() throws Exception {
        cancelNext();
        super.doStop();
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private synchronized void sweepLater() {
        cancelNext();
        next = getServer().getScheduler().schedule(this::sweep, stopping ? INTERVAL_OF_A_STOP : INTERVAL);
    }

    private void sweep() {
        long now = System.nanoTime();
        watches.forEach((connection, watch) -> {
            long bytesIn = connection.getBytesIn();
            if (watch.overdue(bytesIn, now, patienceNanos) || (stopping && watch.atRest(bytesIn))) {
                connection.getEndPoint().close();
            }
        });
        if (isRunning()) {
            sweepLater();
        }
    }

    /** One connection: what is awaited of it, and since when. */
    private static final class Watch {
        private Phase phase = Phase.OPENED;
        private long bytesAtRest;
        private long since;
        private boolean hasAsked;

        private enum Phase {
            /** Nothing has come yet. */
            OPENED,
            /** A request has begun to come. */
            READING,
            ANSWERING,
            /** All requests that came are answered. */
            RESTING
        }

        Watch(long openedNanos) {
            since = openedNanos;
        }

        synchronized void requestBegan() {
            phase = Phase.ANSWERING;
        }

        synchronized void requestEnded(long bytesIn) {
            phase = Phase.RESTING;
            bytesAtRest = bytesIn;
            since = System.nanoTime();
            hasAsked = true;
        }

        /** Empty while a request is answered, and where the next one after others has just come. */
        synchronized Optional<ConnectionPlaces.Waiting> waiting(Connection socket, long bytesIn, long now) {
            boolean asks = phase == Phase.ANSWERING || (phase == Phase.RESTING && bytesIn > bytesAtRest);
            return asks ? Optional.empty() : Optional.of(new ConnectionPlaces.Waiting(socket, hasAsked, now - since));
        }

        synchronized boolean atRest(long bytesIn) {
            return phase != Phase.ANSWERING && bytesIn <= bytesAtRest;
        }

        synchronized boolean overdue(long bytesIn, long now, long patience) {
            boolean begins = (phase == Phase.OPENED || phase == Phase.RESTING) && bytesIn > bytesAtRest;
            if (begins) {
                phase = Phase.READING;
                since = now;
            }
            return (phase == Phase.OPENED || phase == Phase.READING) && now - since > patience;
        }
    }
}
