package io.renderfleet.transport.http;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.transport.http.wire.FrameList;
import io.renderfleet.transport.http.wire.FramesBody;
import io.renderfleet.transport.http.wire.NodeInfo;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * What the answers to the small calls mean.
 *
 * <p>A node that named no id may be the simplest there can be, which answers 404 or 400 to calls that it does not have; one that named its
 * id means by 404 that it does not know the job.
 */
final class ControlReplies {
    private ControlReplies() {}

    static DescribeOutcome describe(Reply reply, Instant now) {
        if (reply instanceof Reply.Silence silence) {
            return new DescribeOutcome.Unreachable(silence.cause());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        return switch (answer.status()) {
            case 200 -> described(answer);
            case 400, 404, 405, 410, 501 -> new DescribeOutcome.Anonymous();
            case 401, 403, 407, 421 -> new DescribeOutcome.Refused(answer.words());
            case 429, 503 -> new DescribeOutcome.Throttled(answer.retryAfter(now));
            default -> new DescribeOutcome.Unreachable(answer.words());
        };
    }

    private static DescribeOutcome described(Reply.Answer answer) {
        try {
            return answer.json(NodeInfo.class)
                    .<DescribeOutcome>map(info -> new DescribeOutcome.Described(info.toDescription()))
                    .orElseGet(() -> new DescribeOutcome.Refused("what it says of itself is no JSON object"));
        } catch (IllegalArgumentException e) {
            return new DescribeOutcome.Refused("what it says of itself makes no sense: " + e.getMessage());
        }
    }

    static CancelOutcome cancel(Reply reply, RemoteJob remote) {
        if (reply instanceof Reply.Silence silence) {
            return new CancelOutcome.Unreachable(silence.cause());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        Optional<String> misrouted = Identity.misrouted(remote, answer);
        if (misrouted.isPresent()) {
            return new CancelOutcome.Unreachable(misrouted.get());
        }
        return switch (answer.status()) {
            case 202 -> new CancelOutcome.Stopping();
            case 200, 204 -> new CancelOutcome.Stopped();
            case 404, 410 -> remote.node() == null ? new CancelOutcome.Unsupported() : new CancelOutcome.Stopped();
            case 400, 405, 501 -> new CancelOutcome.Unsupported();
            case 409 ->
                answer.is(ProblemType.STALE_EPOCH)
                        ? new CancelOutcome.Fenced()
                        : new CancelOutcome.Unreachable(answer.words());
            default -> new CancelOutcome.Unreachable(answer.words());
        };
    }

    static ShortenOutcome shorten(Reply reply, RemoteJob remote) {
        if (reply instanceof Reply.Silence silence) {
            return new ShortenOutcome.Unreachable(silence.cause());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        Optional<String> misrouted = Identity.misrouted(remote, answer);
        if (misrouted.isPresent()) {
            return new ShortenOutcome.Unreachable(misrouted.get());
        }
        try {
            return switch (answer.status()) {
                case 200 -> new ShortenOutcome.Kept(kept(answer));
                case 400, 404, 405, 410, 501 -> new ShortenOutcome.Unsupported();
                case 409 -> refused(answer);
                default -> new ShortenOutcome.Unreachable(answer.words());
            };
        } catch (IllegalArgumentException e) {
            return new ShortenOutcome.Unreachable("what it says makes no sense: " + e.getMessage());
        }
    }

    private static FrameSet kept(Reply.Answer answer) {
        return answer.json(FramesBody.class)
                .filter(body -> body.frames() != null)
                .map(FramesBody::frameSet)
                .orElseThrow(() -> new IllegalArgumentException("it does not say what it keeps"));
    }

    private static ShortenOutcome refused(Reply.Answer answer) {
        Optional<String> did = answer.problem()
                .filter(problem -> problem.is(ProblemType.JOB_ENDED))
                .map(Problem::frames);
        if (did.isPresent()) {
            return new ShortenOutcome.AlreadyEnded(new FramesBody(did.get()).frameSet());
        }
        return answer.is(ProblemType.STALE_EPOCH)
                ? new ShortenOutcome.Fenced()
                : new ShortenOutcome.Unreachable(answer.words());
    }

    static FramesOutcome frames(Reply reply, RemoteJob remote, Instant now) {
        if (reply instanceof Reply.Silence silence) {
            return new FramesOutcome.Unreachable(silence.cause());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        Optional<String> misrouted = Identity.misrouted(remote, answer);
        if (misrouted.isPresent()) {
            return new FramesOutcome.Unreachable(misrouted.get());
        }
        return switch (answer.status()) {
            case 200 -> listed(answer, remote);
            case 404, 410 -> remote.node() == null ? new FramesOutcome.Unsupported() : new FramesOutcome.Lost();
            case 400, 405, 501 -> new FramesOutcome.Unsupported();
            case 429, 503 -> new FramesOutcome.Throttled(answer.retryAfter(now));
            default -> new FramesOutcome.Unreachable(answer.words());
        };
    }

    private static FramesOutcome listed(Reply.Answer answer, RemoteJob remote) {
        try {
            Optional<FrameList> list = answer.json(FrameList.class).filter(body -> body.frames() != null);
            if (list.isPresent()) {
                return new FramesOutcome.Listed(list.get().toOutputs());
            }
            return remote.node() == null
                    ? new FramesOutcome.Unsupported()
                    : new FramesOutcome.Unreachable("its list of frames is none");
        } catch (IllegalArgumentException e) {
            return new FramesOutcome.Unreachable("its list of frames makes no sense: " + e.getMessage());
        }
    }

    static LogOutcome log(Reply reply, RemoteJob remote) {
        if (reply instanceof Reply.Silence silence) {
            return new LogOutcome.Unreachable(silence.cause());
        }
        Reply.Answer answer = (Reply.Answer) reply;
        Optional<String> misrouted = Identity.misrouted(remote, answer);
        if (misrouted.isPresent()) {
            return new LogOutcome.Unreachable(misrouted.get());
        }
        return switch (answer.status()) {
            case 200, 206 -> new LogOutcome.Text(wholeCharacters(answer.body()));
            // No range fits a log that is empty yet (RFC 9110, section 14.1.2).
            case 416 -> new LogOutcome.Text("");
            case 400, 404, 405, 410, 501 -> new LogOutcome.Unsupported();
            default -> new LogOutcome.Unreachable(answer.words());
        };
    }

    /** The end of a text may begin in the middle of a character (RFC 3629, section 3): such octets are left away. */
    private static String wholeCharacters(byte[] end) {
        int begin = 0;
        while (begin < Math.min(3, end.length) && (end[begin] & 0xc0) == 0x80) {
            begin++;
        }
        return new String(end, begin, end.length - begin, StandardCharsets.UTF_8);
    }
}
