package io.renderfleet.orchestrator;

import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.HealthPort;
import io.renderfleet.http.server.HttpLimits;
import io.renderfleet.http.server.ListeningServer;
import io.renderfleet.http.server.Router;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * The address on which the program listens from its start to its end, while the handler behind it changes. So no connection is refused
 * while the lead changes. Thread-safe.
 */
final class ListeningAddress implements AutoCloseable {
    private final ListeningServer listening;
    private final Shown shown;
    private final @Nullable Watched watched;

    private ListeningAddress(ListeningServer listening, Shown shown, @Nullable Watched watched) {
        this.listening = listening;
        this.shown = shown;
        this.watched = watched;
    }

    /**
     * Begins to listen.
     *
     * @param binding for clients
     * @param health for health checks and metrics, or null
     * @param names further names by which health checks may call
     */
    static ListeningAddress listen(Binding binding, @Nullable Binding health, Collection<String> names)
            throws IOException {
        Watched watched = health == null ? null : Watched.open(health, names);
        Shown shown = new Shown();
        try {
            return new ListeningAddress(
                    ListeningServer.start(binding, shown, Router.builder().errors(), HttpLimits.USUAL), shown, watched);
        } catch (IOException | RuntimeException failure) {
            if (watched != null) {
                watched.listening.close();
            }
            throw failure;
        }
    }

    URI uri() {
        return listening.uri();
    }

    /** Where health checks are answered, if they have a port of their own. */
    Optional<URI> healthUri() {
        return Optional.ofNullable(watched).map(port -> port.listening.uri());
    }

    /**
     * Starts a handler, which answers from now on, and stops the one before.
     *
     * @param next answers clients
     * @param about answers health checks on their own port
     */
    void show(Handler next, OrchestratorHandler about) {
        next.setServer(shown.getServer());
        try {
            next.start();
        } catch (Exception e) {
            throw new IllegalStateException("what answers cannot be started", e);
        }
        if (watched != null) {
            watched.show(about);
        }
        stop(shown.swap(next));
    }

    /** Answers that nothing is ready yet. */
    void showNothing() {
        if (watched != null) {
            watched.shown.swap(null);
        }
        stop(shown.swap(null));
    }

    private static void stop(@Nullable Handler before) {
        if (before != null) {
            LifeCycle.stop(before);
        }
    }

    /** Takes no more calls, and waits for those that are being answered. */
    @Override
    public void close() {
        if (shown.now instanceof Graceful graceful) {
            // What is held is answered, or it would be waited for.
            var unused = graceful.shutdown();
        }
        listening.close();
        showNothing();
        if (watched != null) {
            watched.listening.close();
        }
    }

    static void unavailable(Request request, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
        Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
    }

    /** The port for health checks, and what answers there. */
    private record Watched(Binding binding, Collection<String> names, ListeningServer listening, Shown shown) {
        static Watched open(Binding binding, Collection<String> names) throws IOException {
            Shown shown = new Shown();
            return new Watched(binding, names, HealthPort.open(binding, shown), shown);
        }

        void show(OrchestratorHandler about) {
            Router.Builder routes = HealthPort.routes(binding, names);
            about.addHealthTo(routes);
            shown.swap(routes.build());
        }
    }

    /** Passes each call to the current handler. */
    private static final class Shown extends Handler.Abstract {
        private volatile @Nullable Handler now;

        private synchronized @Nullable Handler swap(@Nullable Handler next) {
            Handler before = now;
            now = next;
            return before;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            Handler handler = now;
            if (handler != null) {
                return handler.handle(request, response, callback);
            }
            if (Request.getPathInContext(request).equals("/health/live")) {
                response.setStatus(HttpStatus.OK_200);
                callback.succeeded();
            } else {
                unavailable(request, response, callback);
            }
            return true;
        }
    }
}
