package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.OrchestratorJob;
import picocli.CommandLine.Parameters;

/** A command that changes a job and prints the state of the job afterwards. */
abstract class JobChange extends OrchestratorCommand {
    @Parameters(index = "0", paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    /** The call that asks for the change. */
    abstract ApiCall change(String path);

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        OrchestratorJob now = farm.read(change("/jobs/" + checkedJob(job)), OrchestratorJob.class);
        if (screen.json()) {
            screen.json(now);
        } else {
            screen.print(told(now));
        }
        return ExitCode.DONE;
    }

    String told(OrchestratorJob now) {
        return JobWaiter.standing(now);
    }
}
