package io.renderfleet.cli;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code render logs}: what was said while rendering. */
@Command(name = "logs", description = "Prints the log of a batch of a job, also after its node is gone.")
final class LogsCommand extends OrchestratorCommand {
    private static final int MAX_LOG = 64 << 20;
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Set<String> OUT = Set.of("dispatched", "running", "collecting");

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Option(names = "--batch", paramLabel = "ID", description = "Which batch; default the last.")
    private @Nullable String batch;

    @Option(
            names = "--frame",
            paramLabel = "FRAME",
            description = "Only the lines of one frame, of the batch that rendered it, or else had it last.")
    private @Nullable Integer frame;

    @Option(names = "--follow", description = "Go on until the batch is over.")
    private boolean follow;

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        if (follow && screen.json()) {
            throw usage("--follow does not go with --json: it prints lines as they come");
        }
        String id = checkedJob(job);
        Log log = read(farm, id, batch, false);
        if (screen.json()) {
            screen.json(log);
            return ExitCode.DONE;
        }
        print(screen, log.log());
        while (follow && log.state() != null && OUT.contains(log.state())) {
            farm.sleep(LOOK);
            Log next = read(farm, id, log.batch(), true);
            print(screen, NewText.of(log.log(), next.log()));
            log = next;
        }
        note(screen, log);
        return ExitCode.DONE;
    }

    private static void print(Screen screen, String text) {
        screen.out().print(TerminalText.text(text));
        screen.out().flush();
    }

    private void note(Screen screen, Log log) {
        if (frame != null && log.log().isEmpty()) {
            screen.note("The log of batch " + TerminalText.line(log.batch()) + " has no lines of frame " + frame
                    + " by itself: see all of it with --batch " + TerminalText.line(log.batch()) + ".");
        }
        if ("failure".equals(log.source())) {
            screen.note("The node did not hand its log out: these are the last lines that came with the failure.");
        }
    }

    private Log read(Orchestrator farm, String id, @Nullable String of, boolean patient) {
        StringBuilder query = new StringBuilder();
        if (of != null) {
            query.append("&batch=").append(JobsCommand.encoded(of));
        }
        if (frame != null) {
            query.append("&frame=").append(frame);
        }
        ApiCall ask = ApiCall.get("/jobs/" + id + "/log" + (query.isEmpty() ? "" : "?" + query.substring(1)));
        HttpResponse<InputStream> response = farm.send(patient ? ask : ask.once());
        return new Log(
                id,
                header(response, "Batch", of),
                header(response, "Batch-State", null),
                header(response, "Log-Source", null),
                frame,
                new String(farm.bytes(response, MAX_LOG), StandardCharsets.UTF_8));
    }

    private static @Nullable String header(HttpResponse<?> response, String name, @Nullable String otherwise) {
        return response.headers().firstValue(name).orElse(otherwise);
    }

    /**
     * As JSON.
     *
     * @param jobId the job
     * @param batch which batch, where that is known
     * @param state how the batch stands, where that is known
     * @param source where the log comes from: {@code node}, {@code kept} or {@code failure}
     * @param frame of which frame alone
     * @param log its log
     */
    record Log(
            String jobId,
            @Nullable String batch,
            @Nullable String state,
            @Nullable String source,
            @Nullable Integer frame,
            String log) {}
}
