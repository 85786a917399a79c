package io.renderfleet.http.server;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files kept by their content, such as scenes, at a path that ends with {@code {sha256}}. What carries a file holds a thread of its own, since
 * stores read from streams and may be far away; so there is a bound to how many run at once, for one client three times as many as are free, and
 * none of them takes a thread from other calls. Thread-safe.
 */
public final class ContentEndpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContentEndpoints.class);
    private static final String BYTES = "application/octet-stream";
    private static final int MAX_TRANSFERS = 16;
    private static final int LOOKS = 4;
    private static final int MAX_LOOKS = 1_000;
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final ContentStore store;
    private final String what;
    private final FairShares shares = new FairShares(MAX_TRANSFERS);
    private final ThreadPoolExecutor transfers = new ThreadPoolExecutor(
            0, MAX_TRANSFERS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), ContentEndpoints::thread);
    private final ThreadPoolExecutor looks = new ThreadPoolExecutor(
            LOOKS, LOOKS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_LOOKS), ContentEndpoints::thread);

    /**
     * Serves a store.
     *
     * @param store keeps the files
     * @param what what a file is called in messages, such as {@code scene}
     */
    public ContentEndpoints(ContentStore store, String what) {
        this.store = store;
        this.what = what;
        looks.allowCoreThreadTimeOut(true);
    }

    /**
     * Answers whether a file is here, which keeps it for a while.
     *
     * @param call its path has the variable {@code sha256}
     * @return 200 or 404
     */
    public CompletionStage<Answer> head(Call call) {
        Sha256 digest = digest(call);
        return look(digest).thenApply(here -> here ? Answer.empty(200).with("Content-Type", BYTES) : Answer.empty(404));
    }

    /**
     * Gives a file, or a part of it that the client asks for; it is kept for a while.
     *
     * @param call its path has the variable {@code sha256}
     * @return the file, or a problem
     */
    public CompletionStage<Answer> get(Call call) {
        Sha256 digest = digest(call);
        return transfer(call, () -> find(digest));
    }

    /**
     * Takes a file.
     *
     * @param call its path has the variable {@code sha256}
     * @return 201 or 200 if it is here now, else a problem
     */
    public CompletionStage<Answer> put(Call call) {
        Sha256 digest = digest(call);
        return look(digest).thenCompose(here -> here ? Answer.empty(200).now() : receive(call, digest));
    }

    private CompletionStage<Answer> receive(Call call, Sha256 digest) {
        return transfer(call, () -> receive(digest, call.stream(BodyLimit.upload(store.limit()))));
    }

    private CompletionStage<Boolean> look(Sha256 digest) {
        try {
            return CompletableFuture.supplyAsync(() -> isHere(digest), looks);
        } catch (RejectedExecutionException tooMany) {
            throw new RefusedException(full());
        }
    }

    private CompletionStage<Answer> transfer(Call call, Supplier<Answer> work) {
        String client = FairShares.clientOf(call);
        if (!shares.take(client)) {
            return full().now();
        }
        try {
            return CompletableFuture.supplyAsync(work, transfers)
                    .whenComplete((answer, failure) -> shares.giveBack(client));
        } catch (RejectedExecutionException tooMany) {
            shares.giveBack(client);
            return full().now();
        }
    }

    private Answer full() {
        return Answer.problem(Problem.of(
                        ProblemType.RATE_LIMITED,
                        "As many " + what + "s are on their way as may be: " + MAX_TRANSFERS
                                + ", and of one client three times as many as are free."))
                .retryAfter(PAUSE);
    }

    private Answer find(Sha256 digest) {
        try (ContentLease lease = store.lease(digest).orElse(null)) {
            return lease == null
                    ? Answer.problem(Problem.of(ProblemType.NOT_FOUND, "The " + what + " " + digest + " is not here."))
                    : Answer.file(lease.path(), BYTES, digest.hex());
        } catch (IOException failed) {
            return failed(digest, failed);
        }
    }

    private Answer receive(Sha256 digest, InputStream body) {
        PutOutcome outcome;
        try {
            outcome = store.put(digest, body);
        } catch (IOException failed) {
            return failed(digest, failed);
        }
        LOG.info("{} {}: {}", what, digest, outcome.getClass().getSimpleName());
        return answer(outcome);
    }

    private boolean isHere(Sha256 digest) {
        try {
            return store.has(digest);
        } catch (IOException failed) {
            throw new RefusedException(failed(digest, failed));
        }
    }

    private Answer failed(Sha256 digest, IOException failed) {
        LOG.error("The {} {} cannot be read or stored", what, digest, failed);
        return Answer.problem(
                Problem.of(ProblemType.QUOTA_EXCEEDED, "The " + what + " cannot be written to the disk here."));
    }

    private Answer answer(PutOutcome outcome) {
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
            return Answer.problem(Problem.of(
                    ProblemType.TOO_LARGE, "A " + what + " may have at most " + large.limit() + " bytes here."));
        }
        if (outcome instanceof PutOutcome.NoRoom full) {
            return Answer.problem(Problem.of(
                    ProblemType.QUOTA_EXCEEDED,
                    "All " + what + "s together may have " + full.quota()
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
        Thread thread = new Thread(work, "content");
        thread.setDaemon(true);
        return thread;
    }

    /** Begins no more transfers; those that run end with their connections. */
    @Override
    public void close() {
        transfers.shutdown();
        looks.shutdown();
    }
}
