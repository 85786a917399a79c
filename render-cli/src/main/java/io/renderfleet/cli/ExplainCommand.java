package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.FrameStatus;
import io.renderfleet.transport.http.wire.HistoryBody;
import io.renderfleet.transport.http.wire.OrchestratorJob;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code render explain}: what happened to a job or to one of its frames, in sentences. */
@Command(
        name = "explain",
        description =
                "Tells what happened to a job or a frame: which nodes had it, why attempts ended, what it waits for.")
final class ExplainCommand extends OrchestratorCommand {
    @Parameters(index = "0", paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FRAME",
            description = "One of its frames; default what happened to the job as a whole.")
    private @Nullable Integer frame;

    @Option(names = "--all", description = "Of a job also the attempts that went well, one by one.")
    private boolean all;

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        String id = checkedJob(job);
        if (frame == null) {
            whole(farm, screen, id);
        } else {
            FrameStatus status = farm.read(ApiCall.get("/jobs/" + id + "/frames/" + frame), FrameStatus.class);
            if (screen.json()) {
                screen.json(status);
            } else {
                FrameStory.of(status).forEach(screen::print);
            }
        }
        return ExitCode.DONE;
    }

    private void whole(Orchestrator farm, Screen screen, String id) {
        HistoryBody history = farm.read(ApiCall.get("/jobs/" + id + "/history"), HistoryBody.class);
        if (screen.json()) {
            screen.json(history);
            return;
        }
        OrchestratorJob now = JobFollower.look(farm, id);
        screen.print(JobWaiter.standing(now));
        JobWaiter.waits(now).forEach(screen::print);
        JobWaiter.warnings(now).forEach(screen::print);
        JobStory.of(history, all).forEach(screen::print);
    }
}
