package io.renderfleet.cli;

import picocli.CommandLine.Command;

/** {@code render resume}: lets a job go on. */
@Command(name = "resume", description = "Lets a job go on that was paused.")
final class ResumeCommand extends JobChange {
    @Override
    ApiCall change(String path) {
        return ApiCall.of("POST", path + "/resume");
    }
}
