package io.renderfleet.cli;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code render logs}: what was said while rendering. */
@Command(name = "logs", description = "Prints the log of a batch of a job, from the node that has it.")
final class LogsCommand extends OrchestratorCommand {
    private static final int MAX_LOG = 64 << 20;

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Option(names = "--batch", paramLabel = "ID", description = "Which batch; default the last.")
    private @Nullable String batch;

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        String id = checkedJob(job);
        String query = batch == null ? "" : "?batch=" + JobsCommand.encoded(batch);
        HttpResponse<InputStream> response =
                farm.send(ApiCall.get("/jobs/" + id + "/log" + query).once());
        String of = response.headers().firstValue("Batch").orElse(batch);
        String log = new String(farm.bytes(response, MAX_LOG), StandardCharsets.UTF_8);
        if (screen.json()) {
            screen.json(new Log(id, of, log));
        } else {
            screen.out().print(TerminalText.text(log));
            screen.out().flush();
        }
        return ExitCode.DONE;
    }

    /**
     * As JSON.
     *
     * @param jobId the job
     * @param batch which batch, where that is known
     * @param log its log
     */
    record Log(String jobId, @Nullable String batch, String log) {}
}
