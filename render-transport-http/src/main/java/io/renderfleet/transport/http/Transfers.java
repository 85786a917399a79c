package io.renderfleet.transport.http;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.UploadOutcome;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the answers to the calls mean that carry files, and how long these may take. */
final class Transfers {
    /** A connection slower than this is as good as dead: 64 KiB a second. */
    private static final long LEAST_BYTES_PER_SECOND = 64 * 1024;

    private Transfers() {}

    /** A deadline that grows with what is to be carried. */
    static Duration deadline(Duration call, long bytes) {
        return call.plusSeconds(bytes / LEAST_BYTES_PER_SECOND);
    }

    static FetchOutcome fetched(Reply reply, RemoteJob remote, FileReceiver file, Instant now) {
        FetchOutcome outcome = fetched(reply, remote, Optional.ofNullable(file.outcome()), now);
        if (!(outcome instanceof FetchOutcome.Fetched)) {
            file.withdraw();
        }
        return outcome;
    }

    private static FetchOutcome fetched(Reply reply, RemoteJob remote, Optional<FetchOutcome> file, Instant now) {
        if (reply instanceof Reply.Silence silence) {
            return file.filter(FetchOutcome.LocalFailure.class::isInstance)
                    .orElseGet(() -> new FetchOutcome.Unreachable(silence.cause()));
        }
        Reply.Answer answer = (Reply.Answer) reply;
        Optional<String> misrouted = Identity.misrouted(remote, answer);
        if (misrouted.isPresent()) {
            return new FetchOutcome.Unreachable(misrouted.get());
        }
        return switch (answer.status()) {
            case 200 -> file.orElseGet(() -> new FetchOutcome.Unreachable("its answer had no body"));
            case 404, 410 -> new FetchOutcome.Lost();
            case 429, 503 -> new FetchOutcome.Throttled(answer.retryAfter(now));
            default -> new FetchOutcome.Unreachable(answer.words());
        };
    }

    static UploadOutcome uploaded(Reply reply, Instant now) {
        if (reply instanceof Reply.Silence silence) {
            return new UploadOutcome.Unreachable(silence.cause());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        return switch (answer.status()) {
            case 200, 201, 204 -> new UploadOutcome.Stored();
            case 429, 503 -> new UploadOutcome.Throttled(answer.retryAfter(now));
            case 422 ->
                answer.is(ProblemType.DIGEST_MISMATCH)
                        ? new UploadOutcome.LocalFailure(
                                "the scene is not the one whose sha256 was taken: " + answer.words())
                        : refused(FailureKind.UNKNOWN, answer);
            case 507 -> refused(FailureKind.DISK_FULL, answer);
            case 400, 401, 403, 404, 405, 411, 413, 415, 421, 501 -> refused(FailureKind.SCENE_NOT_HERE, answer);
            default -> new UploadOutcome.Unreachable(answer.words());
        };
    }

    private static UploadOutcome refused(FailureKind kind, Reply.Answer answer) {
        return new UploadOutcome.Refused(Failure.of(kind, "the node does not take the scene: " + answer.words()));
    }
}
