package io.renderfleet.cli;

import picocli.CommandLine.Command;

/** {@code render pause}: holds a job. */
@Command(name = "pause", description = "Holds a job: what runs goes on to its end, nothing more of it begins.")
final class PauseCommand extends JobChange {
    @Override
    ApiCall change(String path) {
        return ApiCall.of("POST", path + "/pause");
    }
}
