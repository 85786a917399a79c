package io.renderfleet.engine.blender;

import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.EngineEvent;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a loaded scene.
 *
 * @param frameRate how many frames its film shows in a second, or null where that is nothing a film can have
 * @param simulated the frames of its simulations that are not baked, or null where all are
 * @param secondsPerStep what it takes to step through a frame of them, or null before it was measured
 */
record SceneFacts(
        @Nullable FrameRate frameRate,
        @Nullable Range simulated,
        @Nullable Double secondsPerStep) {

    /** Nothing. */
    static final SceneFacts NONE = new SceneFacts(null, null, null);

    record Range(int first, int last) {}

    /** Reads what the driver says when it has loaded a scene. */
    static SceneFacts of(DriverEvent loaded) {
        Long first = loaded.number("first");
        Long last = loaded.number("last");
        Range simulated = first == null || last == null
                ? null
                : new Range(Math.toIntExact(first), Math.toIntExact(Math.max(first, last)));
        return new SceneFacts(frameRate(loaded), simulated, null);
    }

    private static @Nullable FrameRate frameRate(DriverEvent loaded) {
        Long frames = loaded.number("fps");
        try {
            return frames == null
                    ? null
                    : FrameRates.of(Math.toIntExact(frames), (float) Double.parseDouble(loaded.text("base")));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    boolean isSimulated() {
        return simulated != null;
    }

    /** The same, with what the driver has measured so far. */
    SceneFacts at(DriverEvent pace) {
        Long steps = pace.number("steps");
        try {
            return steps == null || steps < 1
                    ? this
                    : new SceneFacts(frameRate, simulated, Double.parseDouble(pace.text("seconds")) / steps);
        } catch (NumberFormatException e) {
            return this;
        }
    }

    /** What is reported of it to the node, for a run of these frames. */
    EngineEvent.SceneLoaded told(FrameSet frames) {
        Range range = simulated;
        if (range == null) {
            return new EngineEvent.SceneLoaded(frameRate, null);
        }
        int needed = frames.stream().max().orElse(range.last());
        int last = Math.max(range.first(), Math.min(range.last(), needed));
        return new EngineEvent.SceneLoaded(frameRate, new UnbakedSimulation(range.first(), last, secondsPerStep));
    }
}
