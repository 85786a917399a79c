package io.renderfleet.http.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose request never gets complete. Jetty's idle timeout begins anew with each byte, so a client that sends one byte
 * in twenty seconds would hold a connection for days.
 *
 * <p>It listens for connections, wraps the handler to see which requests are complete, and once a second looks at those connections
 * that have sent something since.
 */
final class HeaderDeadline extends Handler.Wrapper implements Connection.Listener {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Map<Connection, Watch> watches = new ConcurrentHashMap<>();
    private final long patienceNanos;
    private Scheduler.@Nullable Task next;

    HeaderDeadline(Handler handler, Duration patience) {
        super(handler);
        this.patienceNanos = patience.toNanos();
    }

    @Override
    public void onOpened(Connection connection) {
        watches.put(connection, new Watch());
    }

    @Override
    public void onClosed(Connection connection) {
        watches.remove(connection);
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
        sweepLater();
    }

    @Override
    protected synchronized void doStop() throws Exception {
        if (next != null) {
            next.cancel();
            next = null;
        }
        super.doStop();
    }

    private synchronized void sweepLater() {
        next = getServer().getScheduler().schedule(this::sweep, INTERVAL);
    }

    private void sweep() {
        long now = System.nanoTime();
        watches.forEach((connection, watch) -> {
            if (watch.overdue(connection.getBytesIn(), now, patienceNanos)) {
                connection.getEndPoint().close();
            }
        });
        if (isRunning()) {
            sweepLater();
        }
    }

    /** One connection: how many bytes it had received when its last request was done, and since when there are more. */
    private static final class Watch {
        private boolean busy;
        private long bytesAtRest;
        private long since;
        private boolean waiting;

        synchronized void requestBegan() {
            busy = true;
            waiting = false;
        }

        synchronized void requestEnded(long bytesIn) {
            busy = false;
            bytesAtRest = bytesIn;
        }

        synchronized boolean overdue(long bytesIn, long now, long patience) {
            if (busy || bytesIn <= bytesAtRest) {
                waiting = false;
                return false;
            }
            if (!waiting) {
                waiting = true;
                since = now;
            }
            return now - since > patience;
        }
    }
}
