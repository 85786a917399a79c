package io.renderfleet.transport.http;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the answers to {@code POST /job} mean. */
final class SubmitReplies {
    private SubmitReplies() {}

    static SubmitOutcome outcome(Reply reply, Target target, Address node, Scene scene, Instant now) {
        if (reply instanceof Reply.Silence silence) {
            return new SubmitOutcome.Unreachable(silence.cause(), silence.maybeArrived());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        Duration retryAfter = answer.retryAfter(now);
        return switch (answer.status()) {
            case 200, 201, 202 -> accepted(answer, target, node, retryAfter);
            case 409 -> answer.is(ProblemType.STALE_EPOCH) ? new SubmitOutcome.Fenced() : rejected(answer);
            case 422 -> impossible(answer, scene);
            case 429 -> new SubmitOutcome.Throttled(retryAfter);
            case 503 ->
                answer.is(ProblemType.DRAINING)
                        ? new SubmitOutcome.Draining(retryAfter)
                        : new SubmitOutcome.SlotsTaken(retryAfter);
            // Something else than a node that takes us answers: another node, or this one once it is set right, could
            // do it.
            case 401, 403, 404, 405, 407, 408, 421 -> new SubmitOutcome.Unreachable(answer.words(), false);
            case 400, 411, 413, 415, 431 -> rejected(FailureKind.INVALID_REQUEST, answer);
            default -> answer.status() >= 500 ? new SubmitOutcome.Unreachable(answer.words(), true) : rejected(answer);
        };
    }

    private static SubmitOutcome accepted(
            Reply.Answer answer, Target target, Address node, @Nullable Duration pollAfter) {
        String location = answer.header(Headers.LOCATION);
        Optional<String> id = location == null ? Optional.empty() : node.idIn(answer.uri(), location);
        Optional<String> known = id.or(() -> answer.json(JobStatus.class).flatMap(SubmitReplies::idOf));
        if (known.isEmpty()) {
            return new SubmitOutcome.Rejected(Failure.of(
                    FailureKind.UNKNOWN,
                    "the node took the batch without saying where to ask for it: " + answer.words()));
        }
        return new SubmitOutcome.Accepted(new RemoteJob(target, known.get(), answer.nodeId()), pollAfter);
    }

    private static Optional<String> idOf(JobStatus status) {
        String id = status.id() != null
                ? status.id()
                : status.pid() == null ? "" : status.pid().toString();
        return id.matches("[A-Za-z0-9._~-]{1,128}") ? Optional.of(id) : Optional.empty();
    }

    private static SubmitOutcome impossible(Reply.Answer answer, Scene scene) {
        if (scene instanceof Scene.Local && answer.is(ProblemType.SCENE_NOT_HERE)) {
            return new SubmitOutcome.SceneMissing();
        }
        return rejected(answer.problem().map(Problem::failureKind).orElse(FailureKind.UNKNOWN), answer);
    }

    private static SubmitOutcome rejected(Reply.Answer answer) {
        return rejected(FailureKind.UNKNOWN, answer);
    }

    private static SubmitOutcome rejected(FailureKind kind, Reply.Answer answer) {
        String detail = answer.problem().map(Problem::detail).orElse(null);
        return new SubmitOutcome.Rejected(Failure.of(kind, detail == null ? answer.words() : detail));
    }
}
