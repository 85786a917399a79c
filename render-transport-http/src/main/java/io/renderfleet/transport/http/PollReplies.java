package io.renderfleet.transport.http;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.WireJobState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the answers to {@code GET /job/{id}} mean. */
final class PollReplies {
    private final RemoteJob remote;
    private final KnownProgress known;
    private final InstantSource clock;

    PollReplies(RemoteJob remote, KnownProgress known, InstantSource clock) {
        this.remote = remote;
        this.known = known;
        this.clock = clock;
    }

    PollOutcome outcome(Reply reply) {
        if (reply instanceof Reply.Silence silence) {
            return new PollOutcome.Unreachable(silence.cause());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        Optional<String> misrouted = Identity.misrouted(remote, answer);
        if (misrouted.isPresent()) {
            return new PollOutcome.Misrouted(misrouted.get());
        }
        PollOutcome outcome = judge(answer);
        if (outcome instanceof PollOutcome.Ended || outcome instanceof PollOutcome.Lost) {
            known.forget(remote);
        }
        return outcome;
    }

    private PollOutcome judge(Reply.Answer answer) {
        return switch (answer.status()) {
            case 200 -> ended(answer);
            case 202 -> running(answer);
            case 304 -> unchanged(answer);
            case 400, 404, 410 -> new PollOutcome.Lost();
            case 429, 503 -> new PollOutcome.Throttled(answer.retryAfter(clock.instant()));
            default -> new PollOutcome.Unreachable(answer.words());
        };
    }

    private PollOutcome running(Reply.Answer answer) {
        BatchProgress progress;
        try {
            progress = answer.json(JobStatus.class).map(JobStatus::toProgress).orElse(BatchProgress.NONE);
        } catch (IllegalArgumentException e) {
            return new PollOutcome.Unreachable("what it says makes no sense: " + e.getMessage());
        }
        String etag = etag(answer);
        if (etag != null) {
            known.remember(remote, etag, progress);
        }
        return running(answer, progress, etag);
    }

    private PollOutcome unchanged(Reply.Answer answer) {
        return known.last(remote)
                .<PollOutcome>map(last -> running(answer, last.progress(), last.etag()))
                .orElseGet(
                        () -> new PollOutcome.Unreachable("it says that nothing has changed since it was never asked"));
    }

    private PollOutcome.Running running(Reply.Answer answer, BatchProgress progress, @Nullable String etag) {
        Duration pollAfter = answer.retryAfter(clock.instant());
        return new PollOutcome.Running(progress, pollAfter, etag, held(answer));
    }

    private PollOutcome ended(Reply.Answer answer) {
        if (answer.isPage()) {
            return new PollOutcome.Unreachable("a web page answered, not a node");
        }
        try {
            Optional<JobStatus> status = answer.json(JobStatus.class);
            boolean runs = status.map(JobStatus::state)
                    .flatMap(WireJobState::fromWire)
                    .filter(state -> !state.ended())
                    .isPresent();
            if (runs) {
                return running(answer);
            }
            if (status.isEmpty() && !mayBeLine(answer)) {
                return new PollOutcome.Unreachable("what it says makes no sense: neither JSON nor one line of text");
            }
            return new PollOutcome.Ended(status.map(JobStatus::toEnd).orElseGet(() -> end(answer)), answer.nodeId());
        } catch (IllegalArgumentException e) {
            return new PollOutcome.Unreachable("what it says makes no sense: " + e.getMessage());
        }
    }

    /** A node that names its id speaks JSON, or says one of the lines that are known; only the simplest has words of its own. */
    private boolean mayBeLine(Reply.Answer answer) {
        String text = answer.text().strip();
        boolean json = text.startsWith("{") || text.startsWith("[");
        return !json && (remote.node() == null || WireJobState.fromLine(text).isPresent());
    }

    /** The simplest node says in one line how it ended; a line of its own means that it did. */
    private static BatchEnd end(Reply.Answer answer) {
        String line = answer.text().strip();
        return switch (WireJobState.fromLine(line).orElse(WireJobState.COMPLETED)) {
            case FAILED ->
                new BatchEnd(
                        BatchEnd.State.FAILED,
                        FrameSet.empty(),
                        Failure.of(FailureKind.UNKNOWN, WireJobState.reasonIn(line)));
            case CANCELLED -> new BatchEnd(BatchEnd.State.CANCELLED, FrameSet.empty(), null);
            default -> new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.empty(), null);
        };
    }

    private static boolean held(Reply.Answer answer) {
        return Arrays.stream(answer.joined(Headers.PREFERENCE_APPLIED)
                        .toLowerCase(Locale.ROOT)
                        .split(",", -1))
                .map(applied -> applied.replaceFirst("[=;].*", "").strip())
                .anyMatch(Headers.WAIT::equals);
    }

    /** A tag that could not be sent back is none. */
    private static @Nullable String etag(Reply.Answer answer) {
        String etag = answer.header(Headers.ETAG);
        return etag != null && etag.matches("(?:W/)?\"[\\x21\\x23-\\x7e]{0,200}\"") ? etag : null;
    }
}
