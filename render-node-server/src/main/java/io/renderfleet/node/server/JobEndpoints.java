package io.renderfleet.node.server;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.BodyLimit;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.HeldPolls;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.node.CancelResult;
import io.renderfleet.node.NodeJobRequest;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.ShortenResult;
import io.renderfleet.node.SubmitContext;
import io.renderfleet.node.SubmitResult;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.FramesBody;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Wire;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code POST /job}, and {@code GET}, {@code DELETE} and {@code PATCH} of one. */
final class JobEndpoints {
    private static final BodyLimit BODY = BodyLimit.small(Wire.MAX_REQUEST_BYTES);

    private final RenderNode node;
    private final Clients clients;
    private final HeldPolls polls;
    private final EndedAnswers ended = new EndedAnswers();

    JobEndpoints(RenderNode node, Clients clients, HeldPolls polls) {
        this.node = node;
        this.clients = clients;
        this.polls = polls;
    }

    void addTo(Router.Builder routes) {
        routes.route("POST", "/job", this::submit)
                .quick("GET", "/job/{id}", this::poll)
                // A cancel is never refused for its rate: it frees what others wait for.
                .route("DELETE", "/job/{id}", this::cancel)
                .route("PATCH", "/job/{id}", clients.counted(this::shorten));
    }

    private CompletionStage<Answer> submit(Call call) {
        Clients.Ticket ticket = clients.ticket(call);
        try {
            @Nullable String key = header(call, Headers.IDEMPOTENCY_KEY);
            SubmitContext context = new SubmitContext(
                    JobRequestMapper.orRefuse(Wire.readKey(key)).orElse(null),
                    attempt(call),
                    call.trace().header().orElse(null));
            return call.json(BODY)
                    .handle((body, unread) ->
                            unread == null ? submit(call, ticket, context, body) : ticket.wrong(refusal(unread)));
        } catch (RefusedException refused) {
            return ticket.wrong(refused).now();
        }
    }

    private Answer submit(Call call, Clients.Ticket ticket, SubmitContext context, byte[] body) {
        NodeJobRequest request;
        try {
            request = JobRequestMapper.request(JobRequestMapper.orRefuse(Wire.readJob(body)));
        } catch (RefusedException refused) {
            return ticket.wrong(refused);
        }
        SubmitResult result = call.logging(() -> node.submit(request, context, ticket.gate()));
        if (result instanceof SubmitResult.Throttled) {
            return ticket.refusal();
        }
        boolean wrong = result instanceof SubmitResult.KeyMismatch || result instanceof SubmitResult.StaleEpoch;
        return wrong ? ticket.wrong(answer(call, result)) : ticket.on(answer(call, result));
    }

    /** Why a body could not be read; a fault of ours goes on as it is. */
    private static RefusedException refusal(Throwable unread) {
        Throwable cause =
                unread instanceof CompletionException && unread.getCause() != null ? unread.getCause() : unread;
        if (cause instanceof RefusedException refused) {
            return refused;
        }
        throw cause instanceof RuntimeException fault ? fault : new CompletionException(cause);
    }

    private static Answer answer(Call call, SubmitResult result) {
        if (result instanceof SubmitResult.Accepted accepted) {
            return JobAnswers.accepted(call, accepted.job());
        }
        if (result instanceof SubmitResult.SlotsTaken taken) {
            return problem(ProblemType.SLOTS_TAKEN, "All " + taken.slots() + " slots are in use.")
                    .retryAfter(taken.retryAfter());
        }
        if (result instanceof SubmitResult.Draining draining) {
            return problem(ProblemType.DRAINING, "The node finishes what it has and takes no more.")
                    .retryAfter(draining.retryAfter());
        }
        if (result instanceof SubmitResult.TableFull full) {
            return problem(
                            ProblemType.TABLE_FULL,
                            "The node remembers " + full.jobs() + " jobs and may not forget any of them yet.")
                    .retryAfter(full.retryAfter());
        }
        if (result instanceof SubmitResult.KeyMismatch mismatch) {
            return problem(
                    ProblemType.KEY_REUSED,
                    "The job " + mismatch.job().id() + " was made with this key from another body.");
        }
        if (result instanceof SubmitResult.Rejected rejected) {
            return Answer.problem(Problem.impossible(rejected.failure()));
        }
        if (result instanceof SubmitResult.StaleEpoch stale) {
            return JobAnswers.staleEpoch(stale.known()).answer();
        }
        throw new IllegalStateException("no answer is known to " + result);
    }

    private CompletionStage<Answer> poll(Call call) {
        return polls.answer(call, new WatchedJob(node, ended, call, JobRequestMapper.id(call)), clients.prompt(call));
    }

    private CompletionStage<Answer> cancel(Call call) {
        CancelResult result = node.cancel(JobRequestMapper.id(call), attempt(call));
        if (result instanceof CancelResult.Stopping stopping) {
            return JobAnswers.accepted(call, stopping.job()).now();
        }
        if (result instanceof CancelResult.Stopped stopped) {
            return JobAnswers.standing(call, node, stopped.job()).now();
        }
        throw result instanceof CancelResult.StaleEpoch stale
                ? JobAnswers.staleEpoch(stale.known())
                : JobAnswers.unknown();
    }

    private CompletionStage<Answer> shorten(Call call) {
        @Nullable AttemptId attempt = attempt(call);
        return call.json(BODY).thenApply(body -> {
            FrameSet keep = JobRequestMapper.orRefuse(Wire.readShorten(body));
            ShortenResult result = node.shorten(JobRequestMapper.id(call), keep, attempt);
            if (result instanceof ShortenResult.Kept kept) {
                return Answer.json(200, FramesBody.of(kept.frames()));
            }
            if (result instanceof ShortenResult.AlreadyEnded ended) {
                return Answer.problem(Problem.of(ProblemType.JOB_ENDED, "Its frames cannot be changed any more.")
                        .withFrames(ended.job().finished().toString()));
            }
            throw result instanceof ShortenResult.StaleEpoch stale
                    ? JobAnswers.staleEpoch(stale.known())
                    : JobAnswers.unknown();
        });
    }

    private static @Nullable AttemptId attempt(Call call) {
        return JobRequestMapper.orRefuse(Wire.readAttempt(header(call, Headers.ATTEMPT)))
                .orElse(null);
    }

    private static @Nullable String header(Call call, String name) {
        return call.header(name).orElse(null);
    }

    private static Answer problem(ProblemType type, String detail) {
        return Answer.problem(Problem.of(type, detail));
    }
}
