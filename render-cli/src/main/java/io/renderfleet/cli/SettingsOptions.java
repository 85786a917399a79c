package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.SettingsBody;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What to render otherwise than the scene says, as options; the orchestrator checks the values. */
final class SettingsOptions {
    @Option(names = "--engine", paramLabel = "NAME", description = "CYCLES, EEVEE or WORKBENCH.")
    private @Nullable String engine;

    @Option(names = "--samples", paramLabel = "N", description = "Samples a pixel.")
    private @Nullable Integer samples;

    @Option(names = "--width", paramLabel = "N", description = "Pixels.")
    private @Nullable Integer width;

    @Option(names = "--height", paramLabel = "N", description = "Pixels.")
    private @Nullable Integer height;

    @Option(names = "--percentage", paramLabel = "N", description = "Of width and height.")
    private @Nullable Integer percentage;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "PNG, JPEG, OPEN_EXR, TIFF, DPX, … as Blender calls it.")
    private @Nullable String format;

    @Option(names = "--depth", paramLabel = "BITS", description = "Bits a channel.")
    private @Nullable Integer depth;

    @Option(names = "--scene-name", paramLabel = "NAME", description = "Which scene of the file.")
    private @Nullable String scene;

    @Option(names = "--view-layer", paramLabel = "NAME", description = "Which view layer alone.")
    private @Nullable String viewLayer;

    @Option(names = "--camera", paramLabel = "NAME", description = "Which camera.")
    private @Nullable String camera;

    @Option(names = "--threads", paramLabel = "N", description = "Threads on the node; 0 for as many as it has.")
    private @Nullable Integer threads;

    @Option(names = "--device", paramLabel = "NAME", description = "CPU, or a kind of GPU.")
    private @Nullable String device;

    @Option(names = "--denoise", negatable = true, description = "Denoise, or don't.")
    private @Nullable Boolean denoise;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the noise.")
    private @Nullable Integer seed;

    @Option(names = "--overwrite", negatable = true, description = "Render also what is there and valid, or don't.")
    private @Nullable Boolean overwrite;

    @Nullable String format() {
        return format;
    }

    /** As they travel; null where nothing is set. */
    @Nullable SettingsBody body() {
        boolean any = Stream.of(
                        engine,
                        samples,
                        width,
                        height,
                        percentage,
                        format,
                        depth,
                        scene,
                        viewLayer,
                        camera,
                        threads,
                        device,
                        denoise,
                        seed,
                        overwrite)
                .anyMatch(Objects::nonNull);
        return any
                ? new SettingsBody(
                        engine,
                        samples,
                        width,
                        height,
                        percentage,
                        format,
                        depth,
                        scene,
                        viewLayer,
                        camera,
                        threads,
                        device,
                        denoise,
                        seed,
                        overwrite,
                        null)
                : null;
    }
}
