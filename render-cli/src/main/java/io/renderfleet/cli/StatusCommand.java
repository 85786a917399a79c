package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.OrchestratorJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code render status}: how a job stands, and why frames of it wait. */
@Command(name = "status", description = "Tells how a job stands: exit code 0, 1 or 7 where it has ended, 6 where not.")
final class StatusCommand extends OrchestratorCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        OrchestratorJob now = JobFollower.look(farm, checkedJob(job));
        if (screen.json()) {
            screen.json(now);
        } else {
            screen.print(JobWaiter.standing(now));
            JobWaiter.waits(now).forEach(screen::print);
            JobWaiter.warnings(now).forEach(screen::print);
        }
        return JobFollower.codeOf(now);
    }
}
