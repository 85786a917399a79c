package io.renderfleet.orchestrator;

import picocli.CommandLine.Option;

/** The flags that say how frames come home. */
final class FrameOptions {
    @Option(
            names = "--sync-frames",
            defaultValue = "on",
            paramLabel = "on|off",
            description =
                    "on: a frame is accepted once it is on the disk. off: as soon as it is written, so that a loss of"
                            + " power can take frames that jobs count as done (default: ${DEFAULT-VALUE}).")
    private Switch syncFrames = Switch.ON;

    /** What a flag can be. */
    private enum Switch {
        ON,
        OFF
    }

    /** Sets how the frames of a server's farm come home. */
    void applyTo(OrchestratorServerBuilder server) {
        server.syncFrames(syncFrames == Switch.ON);
    }
}
