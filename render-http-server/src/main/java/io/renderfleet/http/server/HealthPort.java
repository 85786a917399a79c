package io.renderfleet.http.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import org.eclipse.jetty.server.Handler;

/**
 * A port of its own for those who watch a server: health checks and metrics. Threads and connections of the server's other port are not
 * its own, so it answers while clients have taken all of those.
 *
 * <p>It wants no token: who reaches it may read how the server is, and nothing else. It has room for 32 connections, of which those that ask
 * nothing make way for others; a request has 4 KiB of headers at most, and five seconds to come.
 */
public final class HealthPort {
    private static final HttpLimits LIMITS =
            new HttpLimits(32, 4 << 10, Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(1));

    private HealthPort() {}

    /**
     * Begins the routes of such a port, which are all {@link Router.Builder#open open}.
     *
     * @param where the port; a page of another site cannot read it through a browser
     * @param names further names by which it may be called, without ports
     * @return a builder without any route
     */
    public static Router.Builder routes(Binding where, Collection<String> names) {
        return Router.builder()
                .hosts(HostCheck.of(where.host(), names))
                .callers(Callers.everybody(new Caller("anybody", Set.of())));
    }

    /**
     * Starts to listen.
     *
     * @param where the port
     * @param handler answers
     * @return a server that listens already
     * @throws IOException if the address cannot be listened on
     */
    public static ListeningServer open(Binding where, Handler handler) throws IOException {
        return ListeningServer.start(where, handler, Router.builder().errors(), LIMITS);
    }
}
