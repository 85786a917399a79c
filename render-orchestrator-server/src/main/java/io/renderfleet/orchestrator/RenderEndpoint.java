package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.StoreUnavailableException;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.BodyLimit;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.JobCreated;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Reading;
import io.renderfleet.transport.http.wire.RenderOrder;
import io.renderfleet.transport.http.wire.Wire;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** {@code POST /render}: takes a job in, and answers once it is durable. */
final class RenderEndpoint implements Endpoint {
    private static final BodyLimit LIMIT = BodyLimit.small(Wire.MAX_REQUEST_BYTES);
    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
    private static final Duration STORE_PAUSE = Duration.ofSeconds(5);

    private final RenderExecutor farm;
    private final SceneChoice scenes;

    RenderEndpoint(RenderExecutor farm, SceneChoice scenes) {
        this.farm = farm;
        this.scenes = scenes;
    }

    @Override
    public CompletionStage<Answer> answer(Call call) {
        return call.json(LIMIT).thenCompose(body -> {
            RenderOrder order = read(Wire.readRender(body));
            RenderRequest request = order.toRequest(scenes.choose(order.job().scene()));
            return farm.submitAsync(request)
                    .handle((handle, failure) -> failure == null ? accepted(call, handle) : refused(failure));
        });
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
        if (cause instanceof StoreUnavailableException) {
            return Answer.problem(Problem.of(ProblemType.STORE_DOWN, "Jobs cannot be kept just now: try again."))
                    .retryAfter(STORE_PAUSE);
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
