package io.renderfleet.node.server;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.BodyLimit;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.scene.PutResult;
import io.renderfleet.node.scene.SceneStore;
import io.renderfleet.transport.http.wire.BadRequest;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code HEAD} and {@code PUT} of scenes. An upload holds a thread of its own, since the store reads from a stream; so there is a
 * bound to how many run at once, and none of them takes a thread from other calls.
 */
final class SceneEndpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SceneEndpoints.class);
    private static final int MAX_UPLOADS = 16;
    private static final Duration UPLOADS_PAUSE = Duration.ofSeconds(5);

    private final RenderNode node;
    private final Clients clients;
    private final ThreadPoolExecutor uploads = new ThreadPoolExecutor(
            0, MAX_UPLOADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), SceneEndpoints::thread);

    SceneEndpoints(RenderNode node, Clients clients) {
        this.node = node;
        this.clients = clients;
    }

    void addTo(Router.Builder routes) {
        routes.route("HEAD", "/scenes/{sha256}", clients.counted(this::head))
                .route("PUT", "/scenes/{sha256}", clients.counted(this::put));
    }

    private CompletionStage<Answer> head(Call call) {
        return Answer.empty(store().has(digest(call)) ? 200 : 404).now();
    }

    private CompletionStage<Answer> put(Call call) {
        SceneStore store = store();
        Sha256 digest = digest(call);
        if (store.has(digest)) {
            return Answer.empty(200).now();
        }
        InputStream body = call.stream(BodyLimit.upload(store.limit()));
        try {
            return CompletableFuture.supplyAsync(() -> receive(store, digest, body), uploads);
        } catch (RejectedExecutionException tooMany) {
            return Answer.problem(
                            Problem.of(ProblemType.RATE_LIMITED, MAX_UPLOADS + " scenes are being received already."))
                    .retryAfter(UPLOADS_PAUSE)
                    .now();
        }
    }

    private static Answer receive(SceneStore store, Sha256 digest, InputStream body) {
        PutResult result;
        try {
            result = store.put(digest, body);
        } catch (IOException diskFailed) {
            LOG.error("The scene {} cannot be stored", digest, diskFailed);
            return Answer.problem(
                    Problem.of(ProblemType.QUOTA_EXCEEDED, "The node cannot write the scene to its disk."));
        }
        LOG.info("Scene {}: {}", digest, result.getClass().getSimpleName());
        return answer(result);
    }

    private static Answer answer(PutResult result) {
        if (result instanceof PutResult.Stored) {
            return Answer.empty(201);
        }
        if (result instanceof PutResult.AlreadyThere) {
            return Answer.empty(200);
        }
        if (result instanceof PutResult.HashDiffers differs) {
            return Answer.problem(Problem.of(
                    ProblemType.DIGEST_MISMATCH, "What came has the sha256 " + differs.actual() + "; send it again."));
        }
        if (result instanceof PutResult.TooLarge large) {
            return Answer.problem(
                    Problem.of(ProblemType.TOO_LARGE, "A scene may have at most " + large.limit() + " bytes here."));
        }
        if (result instanceof PutResult.NoRoom full) {
            return Answer.problem(Problem.of(
                    ProblemType.QUOTA_EXCEEDED,
                    "All scenes together may have " + full.quota()
                            + " bytes here, and none can be given up at the moment."));
        }
        if (result instanceof PutResult.BadArchive bad) {
            return Answer.problem(Problem.impossible(Failure.of(FailureKind.SCENE_UNREADABLE, bad.message())));
        }
        throw new IllegalStateException("no answer is known to " + result);
    }

    private SceneStore store() {
        return node.scenes()
                .orElseThrow(() -> new RefusedException(
                        ProblemType.NOT_FOUND, "This node keeps no files, and therefore takes no scenes."));
    }

    private static Sha256 digest(Call call) {
        try {
            return new Sha256(call.path("sha256"));
        } catch (IllegalArgumentException wrong) {
            throw new RefusedException(Answer.problem(
                    new BadRequest("sha256", "the path must end with 64 lower-case hexadecimal digits").toProblem()));
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "scene-upload");
        thread.setDaemon(true);
        return thread;
    }

    /** Takes no more uploads; those that run end with their connections. */
    @Override
    public void close() {
        uploads.shutdown();
    }
}
