package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmFullException;
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

    private final RenderExecutor farm;
    private final Scenes scenes;
    private final int maxFrames;
    private final Duration patience;
    private final @Nullable RateLimiter limiter;

    RenderEndpoint(RenderExecutor farm, Scenes scenes, ApiLimits limits) {
        this.farm = farm;
        this.scenes = scenes;
        this.maxFrames = limits.frames();
        this.patience = limits.patience();
        this.limiter = limits.rate() == null ? null : new RateLimiter(limits.rate(), System::nanoTime);
    }

    @Override
    public CompletionStage<Answer> answer(Call call) {
        Optional<String> key =
                read(Wire.readKey(call.header(Headers.IDEMPOTENCY_KEY).orElse(null)));
        if (key.isEmpty()) {
            return limited(call, () -> order(call).thenCompose(order -> take(call, order, null)));
        }
        return order(call)
                .thenCompose(order -> repeatable(call, order, new SubmissionKey(key.get(), fingerprint(call, order))));
    }

    private static CompletionStage<RenderOrder> order(Call call) {
        return call.json(LIMIT).thenApply(body -> read(Wire.readRender(body)));
    }

    /** The key of somebody else is a key that was used for something else. */
    private static String fingerprint(Call call, RenderOrder order) {
        return AccessToken.nameOf(call.caller())
                .map(owner -> order.fingerprint() + "@" + owner)
                .orElseGet(order::fingerprint);
    }

    /** What was submitted before is answered before anything else is looked at. */
    private CompletionStage<Answer> repeatable(Call call, RenderOrder order, SubmissionKey key) {
        return soon(farm.submitted(key))
                .handle((handle, failure) -> failure == null
                        ? handle.<CompletionStage<Answer>>map(
                                        job -> accepted(call, job).now())
                                .orElseGet(() -> limited(call, () -> take(call, order, key)))
                        : refused(failure).now())
                .thenCompose(answer -> answer);
    }

    /** Counts a call before anything is done for it, so that nonsense is not free. */
    private CompletionStage<Answer> limited(Call call, Supplier<CompletionStage<Answer>> work) {
        if (limiter == null) {
            return work.get();
        }
        RateLimiter.Verdict verdict = limiter.take(call.client());
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
        RenderRequest asked = order.toRequest(scenes.choose(order.job().scene()));
        RenderRequest request =
                AccessToken.nameOf(call.caller()).map(asked::owner).orElse(asked);
        return soon(farm.submitAsync(key == null ? request : request.key(key)))
                .handle((handle, failure) -> failure == null ? accepted(call, handle) : refused(failure));
    }

    /** The same, or a failure where it takes too long. A copy, since what is late is still to be remembered under its key. */
    private <T> CompletableFuture<T> soon(CompletionStage<T> stage) {
        return stage.toCompletableFuture().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Answer accepted(Call call, RenderHandle handle) {
        String id = handle.id().value();
        return Answer.json(202, new JobCreated(id))
                .with(Headers.LOCATION, call.location("/status/" + id))
                .retryAfter(FIRST_LOOK);
    }

    private static Answer refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
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
            return Answer.problem(Problem.of(ProblemType.UNKNOWN_JOB, String.valueOf(impossible.getMessage()))
                    .withField("after"));
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
