package io.renderfleet.orchestrator;

import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.store.jdbc.Leader;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;

/**
 * What an orchestrator answers while another one leads. It answers itself what it can read in the store and in the folders that all of them
 * share. With everything else it sends the client to the leader (307), or asks it to come again soon (503) while there is none.
 */
final class Standby extends Handler.Wrapper implements Graceful {
    private static final Pattern ADDRESS = Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?");

    /** What is in no store: how nodes are, what happens just now, scenes, sessions; and the page that needs all of it. */
    private static final Pattern OF_THE_LEADER =
            Pattern.compile("/|/session|/pools|/(nodes|scenes)(/.*)?|/events|/jobs/[^/]+/events");

    private static final Pattern OF_THE_STORE = Pattern.compile("/(jobs|status)(/.*)?");

    /** What all orchestrators of a farm share, whoever leads. */
    private static final Pattern SHARED = Pattern.compile(WorkerContent.PREFIX + ".*");

    private final JdbcJobStore store;
    private final Follower follower;
    private final String self;
    private final OrchestratorHandler view;

    Standby(JdbcJobStore store, Follower follower, String self, OrchestratorHandler view) {
        super(view);
        this.store = store;
        this.follower = follower;
        this.self = self;
        this.view = view;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        if (SHARED.matcher(path).matches()) {
            return view.handle(request, response, callback);
        }
        if (!reads(request) || OF_THE_LEADER.matcher(path).matches()) {
            var unused = store.leader()
                    .whenComplete((leader, problem) -> (problem == null ? address(leader) : Optional.<String>empty())
                            .ifPresentOrElse(
                                    address -> redirect(request, response, callback, address),
                                    () -> ListeningAddress.unavailable(request, response, callback)));
            return true;
        }
        if (!OF_THE_STORE.matcher(path).matches()) {
            return view.handle(request, response, callback);
        }
        var unused = follower.catchUp()
                .whenCompleteAsync(
                        (done, problem) -> {
                            if (problem == null) {
                                show(request, response, callback);
                            } else {
                                ListeningAddress.unavailable(request, response, callback);
                            }
                        },
                        request.getComponents().getExecutor());
        return true;
    }

    private static boolean reads(Request request) {
        String method = request.getMethod();
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    private void show(Request request, Response response, Callback callback) {
        try {
            if (!view.handle(request, response, callback)) {
                Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Exception e) {
            callback.failed(e);
        }
    }

    private Optional<String> address(Optional<Leader> leader) {
        return leader.filter(Leader::live)
                .map(Leader::holder)
                .filter(holder ->
                        !holder.equals(self) && ADDRESS.matcher(holder).matches());
    }

    private static void redirect(Request request, Response response, Callback callback, String leader) {
        String base = leader.endsWith("/") ? leader.substring(0, leader.length() - 1) : leader;
        response.getHeaders()
                .put(HttpHeader.LOCATION, base + request.getHttpURI().getPathQuery());
        response.setStatus(HttpStatus.TEMPORARY_REDIRECT_307);
        callback.succeeded();
    }

    @Override
    public CompletableFuture<Void> shutdown() {
        return view.shutdown();
    }

    @Override
    public boolean isShutdown() {
        return view.isShutdown();
    }
}
