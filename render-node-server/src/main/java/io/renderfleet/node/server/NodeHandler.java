package io.renderfleet.node.server;

import io.renderfleet.http.server.HeldPolls;
import io.renderfleet.http.server.Router;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;

/** The node's calls, as a part of a Jetty: when that stops, held polls are answered first. */
final class NodeHandler extends Handler.Wrapper implements Graceful {
    private final HeldPolls polls;
    private final SceneEndpoints scenes;
    private final Runnable onStop;
    private volatile boolean stopping;
    private volatile long lastCall = System.nanoTime();

    NodeHandler(Router router, HeldPolls polls, SceneEndpoints scenes, Runnable onStop) {
        super(router);
        this.polls = polls;
        this.scenes = scenes;
        this.onStop = onStop;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        lastCall = System.nanoTime();
        return super.handle(request, response, callback);
    }

    /** When the last call came, by {@link System#nanoTime}. */
    long lastCall() {
        return lastCall;
    }

    /** Answers the polls that are held now. */
    void flush() {
        polls.flush();
    }

    @Override
    public CompletableFuture<Void> shutdown() {
        stopping = true;
        polls.release();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isShutdown() {
        return stopping;
    }

    @Override
    protected void doStop() throws Exception {
        polls.release();
        scenes.close();
        onStop.run();
        super.doStop();
    }
}
