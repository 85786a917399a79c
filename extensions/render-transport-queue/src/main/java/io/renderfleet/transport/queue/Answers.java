package io.renderfleet.transport.queue;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.WireJobState;
import io.renderfleet.transport.queue.wire.Report;
import java.util.Optional;

/** What workers answer, as a transport says it. */
final class Answers {
    private static final String SILENT = "the worker does not answer";

    private Answers() {}

    static CancelOutcome cancelled(Optional<Report> answer) {
        if (answer.isEmpty()) {
            return new CancelOutcome.Unreachable(SILENT);
        }
        Report report = answer.get();
        if (report.what() == Report.What.FENCED) {
            return new CancelOutcome.Fenced();
        }
        return report.job() == null || hasEnded(report.job())
                ? new CancelOutcome.Stopped()
                : new CancelOutcome.Stopping();
    }

    static ShortenOutcome shortened(Optional<Report> answer) {
        if (answer.isEmpty()) {
            return new ShortenOutcome.Unreachable(SILENT);
        }
        Report report = answer.get();
        JobStatus job = report.job();
        if (report.what() == Report.What.FENCED) {
            return new ShortenOutcome.Fenced();
        } else if (job == null) {
            return new ShortenOutcome.Unsupported();
        } else if (hasEnded(job)) {
            return new ShortenOutcome.AlreadyEnded(job.toProgress().finished());
        }
        String frames = job.frames();
        return frames == null
                ? new ShortenOutcome.Unreachable("the worker did not say which frames it keeps")
                : new ShortenOutcome.Kept(FrameSet.parse(frames));
    }

    static LogOutcome log(Optional<Report> answer) {
        if (answer.isEmpty()) {
            return new LogOutcome.Unreachable(SILENT);
        }
        String text = answer.get().text();
        return text == null ? new LogOutcome.Unsupported() : new LogOutcome.Text(text);
    }

    private static boolean hasEnded(JobStatus job) {
        return WireJobState.fromWire(job.state()).filter(WireJobState::ended).isPresent();
    }
}
