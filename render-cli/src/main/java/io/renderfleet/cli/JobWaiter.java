package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.FailureBody;
import io.renderfleet.transport.http.wire.OrchestratorJob;
import io.renderfleet.transport.http.wire.WaitingBody;
import io.renderfleet.transport.http.wire.WarningBody;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a job and shows its progress, and then fetches what the user asked for. */
final class JobWaiter {
    private JobWaiter() {}

    /**
     * Waits until the job has ended.
     *
     * @param eachAsJson whether every change is a result, and not only the last
     */
    static ExitCode await(Orchestrator farm, Screen screen, String job, Delivery delivery, boolean eachAsJson)
            throws IOException {
        ProgressView view = new ProgressView(screen);
        OrchestratorJob ended;
        try {
            ended = new JobFollower(farm).follow(job, now -> {
                if (screen.json() && eachAsJson) {
                    screen.json(now);
                } else {
                    view.show(now);
                }
            });
        } finally {
            view.end();
        }
        if (screen.json() && !eachAsJson) {
            screen.json(ended);
        } else {
            warnings(ended).forEach(screen::note);
            screen.note(outcome(ended));
        }
        delivery.bring(farm, screen, job);
        return JobFollower.codeOf(ended);
    }

    /** What an artist should know of a job, each in a line. */
    static List<String> warnings(OrchestratorJob job) {
        List<WarningBody> warnings = job.warnings() == null ? List.of() : job.warnings();
        return warnings.stream()
                .map(warning -> "Warning" + (warning.frame() == null ? "" : ", frame " + warning.frame()) + ": "
                        + TerminalText.line(warning.message()) + " [" + TerminalText.line(warning.kind()) + "]")
                .toList();
    }

    /** Why frames wait, a line each. */
    static List<String> waits(OrchestratorJob job) {
        return waits(job.waitingFor());
    }

    static List<String> waits(@Nullable WaitingBody waiting) {
        return waiting == null || waiting.causes() == null
                ? List.of()
                : waiting.causes().stream()
                        .map(cause -> "Waits: " + TerminalText.line(cause.message()) + " "
                                + TerminalText.line(cause.remedy())
                                + (cause.until() == null ? "" : " Until " + cause.until() + " at least.")
                                + " [" + TerminalText.line(cause.kind()) + "]")
                        .toList();
    }

    /** How a job stands, in a line. */
    static String standing(OrchestratorJob job) {
        long done = ProgressView.count(job.accepted()) + ProgressView.count(job.unverified());
        return outcome(job) + " (" + TerminalText.line(job.state()) + ", " + done + " of "
                + ProgressView.count(job.frames()) + " frames"
                + (job.owner() == null ? ")" : ", of " + TerminalText.line(job.owner()) + ")");
    }

    static String outcome(OrchestratorJob job) {
        FailureBody failure = job.failure();
        String line = TerminalText.line(job.status());
        return failure == null || failure.kind() == null ? line : line + " [" + TerminalText.line(failure.kind()) + "]";
    }
}
