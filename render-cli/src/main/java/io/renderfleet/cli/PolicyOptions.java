package io.renderfleet.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What to do where the scene cannot be rendered just as it was saved. */
final class PolicyOptions {
    @Option(
            names = "--simulation",
            paramLabel = "WAY",
            description = "Simulations that are not baked: auto (default), run-up, bake (today the same), or refuse.")
    private @Nullable String simulation;

    @Option(
            names = "--missing",
            paramLabel = "fail|warn",
            description = "What becomes of frames whose files are not there: fail (default), or render without them.")
    private @Nullable String missing;

    @Option(
            names = "--allow",
            paramLabel = "CHANGE",
            split = ",",
            description =
                    "Changes to the picture that are no failure: cpu, view-transform, look, color-space, newer-scene.")
    private @Nullable List<@Nullable String> allow;

    @Nullable String simulation() {
        return simulation;
    }

    @Nullable String missing() {
        return missing;
    }

    @Nullable List<@Nullable String> allow() {
        return allow;
    }
}
