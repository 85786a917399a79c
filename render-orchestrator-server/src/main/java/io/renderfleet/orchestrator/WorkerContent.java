package io.renderfleet.orchestrator;

import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.ContentEndpoints;
import io.renderfleet.http.server.Router;
import java.util.concurrent.CompletionStage;

/** {@code /content}: scenes and frames of workers that have no other way to the store of their pool. Thread-safe. */
final class WorkerContent implements AutoCloseable {
    /** What there is, as roles and stand-bys know it. */
    static final String PREFIX = "/content/";

    private static final String PATH = PREFIX + "{sha256}";

    private final ContentStore store;
    private final ContentEndpoints endpoints;

    /**
     * @param store what the pool's workers share with this orchestrator; closed with this
     */
    WorkerContent(ContentStore store) {
        this.store = store;
        this.endpoints = new ContentEndpoints(store, "file");
    }

    void addTo(Router.Builder router) {
        router.route("HEAD", PATH, endpoints::head)
                .route("GET", PATH, endpoints::get)
                .route("PUT", PATH, this::put);
    }

    /** Workers leave every frame here, which is no news for the audit log. */
    private CompletionStage<Answer> put(Call call) {
        call.routine();
        return endpoints.put(call);
    }

    @Override
    public void close() {
        endpoints.close();
        store.close();
    }
}
