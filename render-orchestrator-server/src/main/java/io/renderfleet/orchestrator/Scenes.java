package io.renderfleet.orchestrator;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.SceneReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what the scene of a request stands for here, and keeps scenes that were sent as long as a job needs them. Thread-safe. */
final class Scenes implements RenderListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Scenes.class);

    private final @Nullable Path byDefault;
    private final @Nullable ContentStore store;
    private final Map<JobId, Held> held = new HashMap<>();

    private record Held(RenderRequest request, @Nullable ContentLease lease) {}

    /**
     * @param byDefault the file of requests that name none, or null to leave it to the nodes
     * @param store has the scenes that were sent, or null where none are taken; it is closed with this
     */
    Scenes(@Nullable Path byDefault, @Nullable ContentStore store) {
        this.byDefault = byDefault;
        this.store = store;
    }

    Optional<ContentStore> store() {
        return Optional.ofNullable(store);
    }

    Scene choose(SceneReference scene) {
        if (scene instanceof SceneReference.ByName named) {
            return Scene.onNodes(named.name());
        }
        if (scene instanceof SceneReference.ByContent content) {
            return byContent(content);
        }
        return byDefault == null ? Scene.nodeDefault() : Scene.local(byDefault);
    }

    private Scene byContent(SceneReference.ByContent content) {
        try (ContentLease lease = lease(content.sha256())) {
            if (lease == null) {
                throw new RefusedException(
                        ProblemType.SCENE_NOT_HERE,
                        "The scene sha256:" + content.sha256() + " is not here: send it by PUT /scenes/"
                                + content.sha256() + " first.");
            }
            return new Scene.Local(lease.path(), content.entry(), content.sha256());
        }
    }

    private @Nullable ContentLease lease(Sha256 digest) {
        try {
            return store == null ? null : store.lease(digest).orElse(null);
        } catch (IOException e) {
            log.warn("the scene {} cannot be read: {}", digest, e.toString());
            return null;
        }
    }

    /** Keeps the scenes of jobs that were there before this listener was. */
    synchronized void holdFor(List<RenderJob> jobs) {
        for (RenderJob job : jobs) {
            if (!held.containsKey(job.id())) {
                held.put(job.id(), new Held(job.request(), null));
                if (!job.state().hasEnded()) {
                    hold(job.id());
                }
            }
        }
    }

    @Override
    public synchronized void onTransition(JobTransition transition) {
        JobId job = transition.job();
        if (transition instanceof JobTransition.JobSubmitted submitted) {
            held.put(job, new Held(submitted.request(), null));
            hold(job);
        } else if (transition instanceof JobTransition.FramesRetried) {
            hold(job);
        } else if (transition instanceof JobTransition.JobEnded) {
            release(job);
        } else if (transition instanceof JobTransition.JobForgotten) {
            release(job);
            held.remove(job);
        }
    }

    private void hold(JobId job) {
        Held now = held.get(job);
        if (now != null
                && now.lease() == null
                && now.request().scene() instanceof Scene.Local local
                && local.sha256() != null) {
            held.put(job, new Held(now.request(), lease(local.sha256())));
        }
    }

    private void release(JobId job) {
        Held now = held.get(job);
        if (now != null && now.lease() != null) {
            now.lease().close();
            held.put(job, new Held(now.request(), null));
        }
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
    }
}
