package io.renderfleet.cli;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameTable;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.transport.http.wire.FrameStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
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
            screen.json(new FrameStream(FrameFetch.list(farm, id)));
        } else if (!delivery.isWanted()) {
            FrameTable frames = FrameFetch.list(farm, id);
            screen.table(() -> rows(frames).iterator());
        }
        delivery.bring(farm, screen, id);
        return ExitCode.DONE;
    }

    private static Stream<List<String>> rows(FrameTable frames) {
        List<String> headings = List.of("FRAME", "FILE", "BYTES", "SECONDS", "SHA256");
        return Stream.concat(
                Stream.of(headings),
                frames.stream().flatMap(frame -> frame.files().stream().map(file -> row(frame, file))));
    }

    private static List<String> row(FrameOutput frame, OutputFile file) {
        return List.of(
                Integer.toString(frame.frame()),
                TerminalText.line(file.name()),
                Long.toString(file.bytes()),
                String.format(Locale.ROOT, "%.1f", frame.renderTime().toMillis() / 1000.0),
                file.sha256().hex());
    }
}
