package io.renderfleet.orchestrator;

import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.transport.http.HttpTransportBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how frames come home. */
final class FrameOptions {
    private static final String ON = "on";

    @Option(
            names = "--sync-frames",
            defaultValue = "on",
            paramLabel = "on|off",
            description =
                    "on: a frame is accepted once it is on the disk. off: as soon as it is written, so that a loss of"
                            + " power can take frames that jobs count as done (default: ${DEFAULT-VALUE}).")
    private String syncFrames = ON;

    @Option(
            names = "--fetch-rate",
            paramLabel = "MIB/S",
            description =
                    "How fast frames are fetched from all nodes together, in MiB a second (default: as fast as they come).")
    private @Nullable Integer fetchRate;

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if one is out of range, in one sentence
     */
    void check() {
        if (!syncFrames.equals(ON) && !syncFrames.equals("off")) {
            throw new IllegalArgumentException("--sync-frames is '" + syncFrames + "': it must be on or off");
        }
        Flags.requireWithin("--fetch-rate", fetchRate, 2, 1 << 20);
    }

    /** Sets how fast they come. */
    void applyTo(HttpTransportBuilder transport) {
        if (fetchRate != null) {
            transport.fetchRate((long) fetchRate << 20);
        }
    }

    /** Sets how the frames of a server's farm come home. */
    void applyTo(OrchestratorServerBuilder server) {
        server.syncFrames(syncFrames.equals(ON));
    }
}
