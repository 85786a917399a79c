package io.renderfleet.node.server;

import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.ContentEndpoints;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.http.wire.ProblemType;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code HEAD} and {@code PUT} of scenes, where the node keeps files. */
final class SceneEndpoints implements AutoCloseable {
    private final @Nullable ContentEndpoints content;
    private final Clients clients;

    SceneEndpoints(RenderNode node, Clients clients) {
        this.content = node.scenes()
                .map(scenes -> new ContentEndpoints(scenes.content(), "scene"))
                .orElse(null);
        this.clients = clients;
    }

    void addTo(Router.Builder routes) {
        ContentEndpoints kept = content;
        routes.route("HEAD", "/scenes/{sha256}", counted(kept == null ? SceneEndpoints::none : kept::head))
                .route("PUT", "/scenes/{sha256}", counted(kept == null ? SceneEndpoints::none : kept::put));
    }

    private Endpoint counted(Endpoint endpoint) {
        return clients.counted(endpoint);
    }

    private static CompletionStage<Answer> none(Call call) {
        throw new RefusedException(ProblemType.NOT_FOUND, "This node keeps no files, and therefore takes no scenes.");
    }

    /** Takes no more uploads; those that run end with their connections. */
    @Override
    public void close() {
        if (content != null) {
            content.close();
        }
    }
}
