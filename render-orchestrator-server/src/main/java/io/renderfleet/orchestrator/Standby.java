package io.renderfleet.orchestrator;

import io.renderfleet.http.server.HttpLimits;
import io.renderfleet.http.server.ListeningServer;
import io.renderfleet.http.server.Router;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.store.jdbc.Leader;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What an orchestrator that waits for the lead answers: it is alive, not ready, and whoever wants something is sent to the one that
 * leads (307), or told to come again soon (503) while nobody does.
 */
final class Standby extends Handler.Abstract {
    private static final Pattern ADDRESS = Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?");

    private final JdbcJobStore store;

    private Standby(JdbcJobStore store) {
        this.store = store;
    }

    static ListeningServer listen(String host, int port, JdbcJobStore store) throws IOException {
        return ListeningServer.start(
                host, port, new Standby(store), Router.builder().errors(), HttpLimits.USUAL);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        if (path.equals("/health/live")) {
            response.setStatus(HttpStatus.OK_200);
            callback.succeeded();
        } else if (path.equals("/health/ready")) {
            unavailable(request, response, callback);
        } else {
            var unused = store.leader()
                    .whenComplete((leader, problem) -> (problem == null ? address(leader) : Optional.<String>empty())
                            .ifPresentOrElse(
                                    address -> redirect(request, response, callback, address),
                                    () -> unavailable(request, response, callback)));
        }
        return true;
    }

    private static Optional<String> address(Optional<Leader> leader) {
        return leader.filter(Leader::live)
                .map(Leader::holder)
                .filter(holder -> ADDRESS.matcher(holder).matches());
    }

    private static void redirect(Request request, Response response, Callback callback, String leader) {
        String base = leader.endsWith("/") ? leader.substring(0, leader.length() - 1) : leader;
        response.getHeaders()
                .put(HttpHeader.LOCATION, base + request.getHttpURI().getPathQuery());
        response.setStatus(HttpStatus.TEMPORARY_REDIRECT_307);
        callback.succeeded();
    }

    private static void unavailable(Request request, Response response, Callback callback) {
        Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
    }
}
