package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * An orchestrator that listens: a farm behind an HTTP API.
 *
 * <pre>{@code
 * try (OrchestratorServer server = OrchestratorServer.builder()
 *         .nodes("http://localhost:3001", "http://localhost:3002")
 *         .outputRoot(Path.of("frames"))
 *         .start()) {
 *     System.out.println(server.uri());
 * }
 * }</pre>
 *
 * <p>Runs from {@link OrchestratorServerBuilder#start()} to {@link #close()}. Thread-safe.
 */
public final class OrchestratorServer implements AutoCloseable {
    private final OrchestratorHandler handler;
    private final URI uri;
    private final Runnable stopListening;
    private final Consumer<RenderExecutor> ending;
    private final AtomicBoolean closed = new AtomicBoolean();

    OrchestratorServer(OrchestratorHandler handler, URI uri, Runnable stopListening, Consumer<RenderExecutor> ending) {
        this.handler = handler;
        this.uri = uri;
        this.stopListening = stopListening;
        this.ending = ending;
    }

    /**
     * Begins to set a server up.
     *
     * @return a builder with the usual values, not thread-safe
     */
    public static OrchestratorServerBuilder builder() {
        return new OrchestratorServerBuilder();
    }

    /**
     * Returns where it listens.
     *
     * @return such as {@code http://127.0.0.1:4000}
     */
    public URI uri() {
        return uri;
    }

    /**
     * Returns the farm behind it.
     *
     * @return the executor that renders
     */
    public RenderExecutor farm() {
        return handler.farm();
    }

    Set<String> routes() {
        return handler.routes();
    }

    /**
     * Takes no more calls, finishes those that are being answered, and then ends the farm if the server has made it: with a store,
     * unfinished jobs are left to the next start; without one they are cancelled. Can be called twice.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            handler.release();
            stopListening.run();
            ending.accept(handler.farm());
        }
    }
}
