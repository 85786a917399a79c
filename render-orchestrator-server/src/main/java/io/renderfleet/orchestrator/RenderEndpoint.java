package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmFullException;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.KeyReusedException;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.StoreUnavailableException;
import io.renderfleet.core.model.SubmissionKey;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.BodyLimit;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.http.server.RateLimiter;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.JobCreated;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Reading;
import io.renderfleet.transport.http.wire.RenderOrder;
import io.renderfleet.transport.http.wire.Wire;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /render}: takes a job in, and answers once it is durable. */
final class RenderEndpoint implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(RenderEndpoint.class);
    private static final BodyLimit LIMIT = BodyLimit.small(Wire.MAX_REQUEST_BYTES);
    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
    private static final Duration FULL_PAUSE = Duration.ofSeconds(60);
    private static final Duration STORE_PAUSE = Duration.ofSeconds(5);

    private final Jobs jobs;
    private final Scenes scenes;
    private final int maxFrames;
    private final Duration patience;
    private final @Nullable RateLimiter limiter;

    RenderEndpoint(Jobs jobs, Scenes scenes, ApiLimits limits) {
        this.jobs = jobs;
        this.scenes = scenes;
        this.maxFrames = limits.frames();
        this.patience = limits.patience();
        this.limiter = limits.rate() == null ? null : new RateLimiter(limits.rate(), System::nanoTime);
    }

    @Override
    public CompletionStage<Answer> answer(Call call) {
        Optional<String> key = call.header(Headers.IDEMPOTENCY_KEY);
        return key.isEmpty()
                ? limited(call, () -> order(call).thenCompose(order -> take(call, order, null)))
                : repeatable(call, key.get());
    }

    /** Only a true repetition is free: what is new counts, and so does what is wrong. */
    private CompletionStage<Answer> repeatable(Call call, String key) {
        return known(call, key)
                .handle((submission, wrong) -> {
                    if (wrong != null) {
                        return limited(call, () -> refused(wrong).now());
                    }
                    return submission
                            .job()
                            .<CompletionStage<Answer>>map(
                                    job -> accepted(call, job).now())
                            .orElseGet(() -> limited(call, () -> take(call, submission.order(), submission.key())));
                })
                .thenCompose(answer -> answer);
    }

    /** What was submitted with a key, and the job of an earlier submission that was the same. */
    private record Submission(RenderOrder order, SubmissionKey key, Optional<RenderHandle> job) {}

    private CompletionStage<Submission> known(Call call, String text) {
        return CompletableFuture.completedStage(text)
                .thenApply(given -> read(Wire.readKey(given)).orElseThrow())
                .thenCompose(key -> order(call).thenCompose(order -> {
                    SubmissionKey submission = new SubmissionKey(key, fingerprint(call, order));
                    return soon(jobs.farm().submitted(submission))
                            .thenApply(job -> new Submission(order, submission, job));
                }));
    }

    private static CompletionStage<RenderOrder> order(Call call) {
        return call.json(LIMIT).thenApply(body -> read(Wire.readRender(body)));
    }

    /** The key of somebody else is a key that was used for something else. */
    private static String fingerprint(Call call, RenderOrder order) {
        String owner = call.caller().owner();
        return owner == null ? order.fingerprint() : order.fingerprint() + "@" + owner;
    }

    /** Counts a call before anything is done for it, so that nonsense is not free. */
    private CompletionStage<Answer> limited(Call call, Supplier<CompletionStage<Answer>> work) {
        if (limiter == null) {
            return work.get();
        }
        RateLimiter.Verdict verdict = limiter.take(call.clientNetwork());
        return verdict.allowed()
                ? work.get().thenApply(verdict::on)
                : verdict.refusal().now();
    }

    private CompletionStage<Answer> take(Call call, RenderOrder order, @Nullable SubmissionKey key) {
        int frames = order.job().frames().size();
        if (frames > maxFrames) {
            return Answer.problem(Problem.of(
                                    ProblemType.TOO_MANY_FRAMES,
                                    frames + " frames are asked for: one job may have " + maxFrames + " here.")
                            .withField("frames"))
                    .now();
        }
        requireVisible(call, order);
        RenderRequest asked = order.toRequest(scenes.choose(order.job().scene()))
                .traceparent(call.trace().context());
        jobs.requireMayGive(call, asked.priority());
        String owner = call.caller().owner();
        RenderRequest request = owner == null ? asked : asked.owner(owner);
        return soon(jobs.farm().submitAsync(key == null ? request : request.key(key)))
                .handle((handle, failure) -> failure == null ? accepted(call, handle) : refused(failure));
    }

    /** A job that the caller may not know of is refused as one that is not there. */
    private void requireVisible(Call call, RenderOrder order) {
        requireVisible(call, "after", order.request().after());
        requireVisible(call, "afterFrames", order.request().afterFrames());
    }

    private void requireVisible(Call call, String field, Set<JobId> others) {
        for (JobId other : others) {
            if (jobs.farm().job(other).isPresent()
                    && jobs.visible(call.caller(), other).isEmpty()) {
                throw new RefusedException(unknownJob(field, field + " names job '" + other + "', which is not known"));
            }
        }
    }

    private static Problem unknownJob(String field, String detail) {
        return Problem.of(ProblemType.UNKNOWN_JOB, detail).withField(field);
    }

    /** The same, or a failure where it takes too long. A copy, since what is late is still to be remembered under its key. */
    private <T> CompletableFuture<T> soon(CompletionStage<T> stage) {
        return stage.toCompletableFuture().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Answer accepted(Call call, RenderHandle handle) {
        String id = handle.id().value();
        call.about("job", id);
        return Answer.json(202, new JobCreated(id))
                .with(Headers.LOCATION, call.location("/status/" + id))
                .retryAfter(FIRST_LOOK);
    }

    private static Answer refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RefusedException refused) {
            return refused.answer();
        }
        if (cause instanceof TimeoutException) {
            return Answer.problem(
                            Problem.of(
                                    ProblemType.STORE_DOWN,
                                    "The job cannot be kept just now, and may be yet: with an Idempotency-Key, trying again is safe."))
                    .retryAfter(STORE_PAUSE);
        }
        if (cause instanceof StoreUnavailableException) {
            return Answer.problem(Problem.of(ProblemType.STORE_DOWN, "Jobs cannot be kept just now: try again."))
                    .retryAfter(STORE_PAUSE);
        }
        if (cause instanceof KeyReusedException) {
            return Answer.problem(Problem.of(
                            ProblemType.KEY_REUSED,
                            "This Idempotency-Key was used for another request: choose a new one.")
                    .withField(Headers.IDEMPOTENCY_KEY));
        }
        if (cause instanceof FarmFullException full) {
            return Answer.problem(Problem.of(ProblemType.TABLE_FULL, "Try again later: " + full.getMessage() + "."))
                    .retryAfter(FULL_PAUSE);
        }
        if (cause instanceof UncheckedIOException) {
            LOG.error("A job cannot be taken in", cause);
            return Answer.problem(Problem.impossible(Failure.of(
                    FailureKind.SCENE_UNREADABLE,
                    "The scene cannot be read here, or the output folder cannot be made: tell the operator.")));
        }
        if (cause instanceof IllegalArgumentException impossible) {
            String why = String.valueOf(impossible.getMessage());
            return Answer.problem(unknownJob(why.substring(0, Math.max(0, why.indexOf(' '))), why));
        }
        throw cause instanceof RuntimeException bug ? bug : new CompletionException(cause);
    }

    /** What was read, or a 400 that names the field. */
    static <T> T read(Reading<T> reading) {
        if (reading instanceof Reading.Good<T> good) {
            return good.value();
        }
        throw new RefusedException(((Reading.Bad<T>) reading).problem().toProblem());
    }
}
