package io.renderfleet.http.server;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
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
 * {@code HEAD} and {@code PUT} of files by their content, at a path that ends with {@code {sha256}}. An upload holds a thread of its own,
 * since the store reads from a stream; so there is a bound to how many run at once, for one client three times as many as are free, and none of them
 * takes a thread from other calls.
 * Thread-safe.
 */
public final class ContentEndpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContentEndpoints.class);
    private static final int MAX_UPLOADS = 16;
    private static final Duration UPLOADS_PAUSE = Duration.ofSeconds(5);

    private final ContentStore store;
    private final FairShares shares = new FairShares(MAX_UPLOADS);
    private final ThreadPoolExecutor uploads = new ThreadPoolExecutor(
            0, MAX_UPLOADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), ContentEndpoints::thread);

    /**
     * Serves a store.
     *
     * @param store keeps the files
     */
    public ContentEndpoints(ContentStore store) {
        this.store = store;
    }

    /**
     * Answers whether a file is here, which keeps it for a while.
     *
     * @param call its path has the variable {@code sha256}
     * @return 200 or 404
     */
    public CompletionStage<Answer> head(Call call) {
        Sha256 digest = digest(call);
        return Answer.empty(isHere(digest) ? 200 : 404).now();
    }

    /**
     * Takes a file.
     *
     * @param call its path has the variable {@code sha256}
     * @return 201 or 200 if it is here now, else a problem
     */
    public CompletionStage<Answer> put(Call call) {
        Sha256 digest = digest(call);
        if (isHere(digest)) {
            return Answer.empty(200).now();
        }
        String client = FairShares.clientOf(call);
        if (!shares.take(client)) {
            return full();
        }
        InputStream body = call.stream(BodyLimit.upload(store.limit()));
        try {
            return CompletableFuture.supplyAsync(() -> receive(digest, body), uploads)
                    .whenComplete((answer, failure) -> shares.giveBack(client));
        } catch (RejectedExecutionException tooMany) {
            shares.giveBack(client);
            return full();
        }
    }

    private CompletionStage<Answer> full() {
        return Answer.problem(Problem.of(
                        ProblemType.RATE_LIMITED,
                        "As many scenes are being received as may: " + MAX_UPLOADS
                                + ", and of one client three times as many as are free."))
                .retryAfter(UPLOADS_PAUSE)
                .now();
    }

    private Answer receive(Sha256 digest, InputStream body) {
        PutOutcome outcome;
        try {
            outcome = store.put(digest, body);
        } catch (IOException failed) {
            return failed(digest, failed);
        }
        LOG.info("Scene {}: {}", digest, outcome.getClass().getSimpleName());
        return answer(outcome);
    }

    private boolean isHere(Sha256 digest) {
        try {
            return store.has(digest);
        } catch (IOException failed) {
            throw new RefusedException(failed(digest, failed));
        }
    }

    private static Answer failed(Sha256 digest, IOException failed) {
        LOG.error("The scene {} cannot be read or stored", digest, failed);
        return Answer.problem(Problem.of(ProblemType.QUOTA_EXCEEDED, "The scene cannot be written to the disk here."));
    }

    private static Answer answer(PutOutcome outcome) {
        if (outcome instanceof PutOutcome.Stored) {
            return Answer.empty(201);
        }
        if (outcome instanceof PutOutcome.AlreadyThere) {
            return Answer.empty(200);
        }
        if (outcome instanceof PutOutcome.HashDiffers differs) {
            return Answer.problem(Problem.of(
                    ProblemType.DIGEST_MISMATCH, "What came has the sha256 " + differs.actual() + "; send it again."));
        }
        if (outcome instanceof PutOutcome.TooLarge large) {
            return Answer.problem(
                    Problem.of(ProblemType.TOO_LARGE, "A scene may have at most " + large.limit() + " bytes here."));
        }
        if (outcome instanceof PutOutcome.NoRoom full) {
            return Answer.problem(Problem.of(
                    ProblemType.QUOTA_EXCEEDED,
                    "All scenes together may have " + full.quota()
                            + " bytes here, and none can be given up at the moment."));
        }
        if (outcome instanceof PutOutcome.Unfit unfit) {
            return Answer.problem(Problem.impossible(Failure.of(FailureKind.SCENE_UNREADABLE, unfit.message())));
        }
        throw new IllegalStateException("no answer is known to " + outcome);
    }

    private static Sha256 digest(Call call) {
        try {
            return new Sha256(call.path("sha256"));
        } catch (IllegalArgumentException wrong) {
            throw new RefusedException(
                    new BadRequest("sha256", "the path must end with 64 lower-case hexadecimal digits").toProblem());
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
