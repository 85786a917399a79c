package io.renderfleet.cli;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.transport.http.wire.FrameList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code render frames}: the frames that are finished, listed or brought home. */
@Command(name = "frames", description = "Lists the finished frames of a job, downloads them, makes a film of them.")
final class FramesCommand extends OrchestratorCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Mixin
    private Delivery delivery;

    @Override
    ExitCode run(Orchestrator farm, Screen screen) throws IOException {
        delivery.check();
        String id = checkedJob(job);
        if (screen.json()) {
            screen.json(farm.read(Ask.get("/jobs/" + id + "/frames"), FrameList.class));
        } else if (!delivery.isWanted()) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("FRAME", "FILE", "BYTES", "SECONDS", "SHA256"));
            FrameFetch.list(farm, id).forEach(frame -> frame.files().forEach(file -> rows.add(row(frame, file))));
            screen.table(rows);
        }
        delivery.bring(farm, screen, id);
        return ExitCode.DONE;
    }

    private static List<String> row(FrameOutput frame, OutputFile file) {
        return List.of(
                Integer.toString(frame.frame()),
                Told.line(file.name()),
                Long.toString(file.bytes()),
                String.format(Locale.ROOT, "%.1f", frame.renderTime().toMillis() / 1000.0),
                file.sha256().hex());
    }
}
