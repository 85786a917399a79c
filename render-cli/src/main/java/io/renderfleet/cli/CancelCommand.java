package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.OrchestratorJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code render cancel}: stops a job. */
@Command(name = "cancel", description = "Stops a job; its finished frames are kept.")
final class CancelCommand extends OrchestratorCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        OrchestratorJob now = farm.read(ApiCall.of("DELETE", "/jobs/" + checkedJob(job)), OrchestratorJob.class);
        if (screen.json()) {
            screen.json(now);
        } else {
            screen.print(JobFollower.hasEnded(now) ? JobWaiter.outcome(now) : "Job is being cancelled");
        }
        return ExitCode.DONE;
    }
}
