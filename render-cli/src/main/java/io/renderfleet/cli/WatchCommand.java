package io.renderfleet.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code render watch}: follows a job until it has ended. */
@Command(
        name = "watch",
        description =
                "Follows a job until it has ended: by a bar on a terminal, else by lines; --json prints every change.")
final class WatchCommand extends OrchestratorCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Mixin
    private Delivery delivery;

    @Override
    ExitCode run(Orchestrator farm, Screen screen) throws IOException {
        delivery.check();
        return JobWaiter.await(farm, screen, checkedJob(job), delivery, true);
    }
}
