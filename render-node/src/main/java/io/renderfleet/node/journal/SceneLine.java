package io.renderfleet.node.journal;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import org.jspecify.annotations.Nullable;

/** What was found in the scene, in one line; a later one replaces it. */
final class SceneLine {
    static final String KIND = "scene";

    private SceneLine() {}

    static Line of(SceneReport report) {
        UnbakedSimulation simulation = report.simulation();
        BakedScene baked = report.baked();
        Line line = Line.of(KIND, report.frameRate());
        line = simulation == null
                ? line.and(null, null, null)
                : line.and(simulation.first(), simulation.last(), simulation.secondsPerFrame());
        return baked == null
                ? line
                : line.and(
                        baked.sha256(),
                        baked.bytes(),
                        baked.entry(),
                        baked.engine().name(),
                        baked.engine().version());
    }

    static SceneReport parse(Line line) {
        String frameRate = line.find(1);
        return new SceneReport(frameRate == null ? null : FrameRate.parse(frameRate), simulation(line), baked(line));
    }

    private static @Nullable UnbakedSimulation simulation(Line line) {
        String first = line.find(2);
        String seconds = line.find(4);
        return first == null
                ? null
                : new UnbakedSimulation(
                        Integer.parseInt(first),
                        Integer.parseInt(line.get(3)),
                        seconds == null ? null : Double.valueOf(seconds));
    }

    private static @Nullable BakedScene baked(Line line) {
        String digest = line.find(5);
        return digest == null
                ? null
                : new BakedScene(
                        new Sha256(digest),
                        Long.parseLong(line.get(6)),
                        line.get(7),
                        new EngineInfo(line.get(8), line.get(9)));
    }
}
