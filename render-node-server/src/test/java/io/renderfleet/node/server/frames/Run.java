package io.renderfleet.node.server.frames;

import io.renderfleet.engine.blender.SessionMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A way to render the frames of a scene.
 *
 * @param mode how long a Blender lives
 * @param batch how many frames go to a node together
 */
record Run(SessionMode mode, int batch) {
    /** More than any scene of the table has. */
    static final int ALL_FRAMES = 1_000;

    static List<Run> all() {
        List<Run> runs = new ArrayList<>();
        for (SessionMode mode : List.of(SessionMode.WARM, SessionMode.PROCESS)) {
            for (int batch : new int[] {1, 2, ALL_FRAMES}) {
                runs.add(new Run(mode, batch));
            }
        }
        return runs;
    }

    @Override
    public String toString() {
        return mode.name().toLowerCase(Locale.ROOT) + "-" + (batch == ALL_FRAMES ? "all" : Integer.toString(batch));
    }
}
