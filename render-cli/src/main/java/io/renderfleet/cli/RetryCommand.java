package io.renderfleet.cli;

import picocli.CommandLine.Command;

/** {@code render retry}: tries failed frames again. */
@Command(name = "retry", description = "Tries those frames of a job again that were given up.")
final class RetryCommand extends JobChange {
    @Override
    ApiCall change(String path) {
        return ApiCall.of("POST", path + "/retry");
    }
}
