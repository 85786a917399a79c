package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import org.jspecify.annotations.Nullable;

/**
 * What a node has found out about a scene that it has loaded, as it travels: see {@link Fields}.
 *
 * @param report the report
 */
public record SceneReportBody(SceneReport report) {

    /** An engine's name or version is for people: a node that says more than this says nothing. */
    private static final int MAX_WORD = 100;

    /**
     * The fields on the wire.
     *
     * @param frameRate how many frames its film shows in a second, such as {@code 24} or {@code 30000/1001}; left out where unknown
     * @param simulation simulations that are not baked; left out where no frame depends on the frames before it
     * @param baked the scene that {@code GET /job/{id}/baked} gives; left out until there is one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Fields(
            @Nullable String frameRate,
            @Nullable Simulation simulation,
            @Nullable Baked baked) {}

    /**
     * Simulations that are not baked.
     *
     * @param first the frame at which the first of them begins
     * @param last the last frame that depends on one of them
     * @param secondsPerFrame what it takes to step through a frame on that node; left out where unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Simulation(int first, int last, @Nullable Double secondsPerFrame) {}

    /**
     * A zip that takes the place of the scene that was sent.
     *
     * @param sha256 its digest
     * @param bytes its length
     * @param entry which file in it is the scene
     * @param engine what has saved it
     */
    public record Baked(String sha256, long bytes, String entry, NodeInfo.Engine engine) {}

    /**
     * Returns the fields that travel.
     *
     * @return the fields
     */
    @JsonValue
    public Fields fields() {
        FrameRate rate = report.frameRate();
        UnbakedSimulation simulation = report.simulation();
        BakedScene baked = report.baked();
        return new Fields(
                rate == null ? null : rate.toString(),
                simulation == null ? null : fields(simulation),
                baked == null ? null : fields(baked));
    }

    private static Simulation fields(UnbakedSimulation simulation) {
        Double seconds = simulation.secondsPerFrame();
        // Microseconds: a step can take far less than a millisecond.
        return new Simulation(
                simulation.first(), simulation.last(), seconds == null ? null : Math.rint(seconds * 1e6) / 1e6);
    }

    private static Baked fields(BakedScene baked) {
        EngineInfo engine = baked.engine();
        return new Baked(
                baked.sha256().hex(),
                baked.bytes(),
                baked.entry(),
                new NodeInfo.Engine(engine.name(), engine.version()));
    }

    /**
     * Reads what a node says.
     *
     * @param told any JSON
     * @return the report; null where it is no object. A frame rate and a baked scene that make no sense count as missing; where the
     *     simulation makes none nothing does, since a report without it says that there is none
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static @Nullable SceneReportBody read(JsonNode told) {
        JsonNode simulation = told.path("simulation");
        if (!told.isObject()) {
            return null;
        }
        try {
            return new SceneReportBody(new SceneReport(
                    frameRate(told.path("frameRate")),
                    simulation.isMissingNode() || simulation.isNull() ? null : simulation(simulation),
                    baked(told.path("baked"))));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable FrameRate frameRate(JsonNode rate) {
        try {
            return rate.isTextual() ? FrameRate.parse(rate.textValue()) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static UnbakedSimulation simulation(JsonNode told) {
        JsonNode seconds = told.path("secondsPerFrame");
        double value = seconds.isNumber() ? seconds.doubleValue() : -1;
        return new UnbakedSimulation(
                integer(told.path("first")),
                integer(told.path("last")),
                value >= 0 && Double.isFinite(value) ? value : null);
    }

    private static int integer(JsonNode number) {
        if (!number.isIntegralNumber() || !number.canConvertToInt()) {
            throw new IllegalArgumentException("no frame number");
        }
        return number.intValue();
    }

    private static @Nullable BakedScene baked(JsonNode told) {
        JsonNode bytes = told.path("bytes");
        if (!bytes.isIntegralNumber() || !bytes.canConvertToLong()) {
            return null;
        }
        JsonNode engine = told.path("engine");
        try {
            return new BakedScene(
                    new Sha256(text(told.path("sha256"))),
                    bytes.longValue(),
                    text(told.path("entry")),
                    new EngineInfo(word(engine.path("name")), word(engine.path("version"))));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Nothing but text: others would be turned into it, null too. */
    private static String text(JsonNode told) {
        return told.isTextual() ? told.textValue() : "";
    }

    private static String word(JsonNode told) {
        String word = text(told);
        if (word.isBlank() || word.length() > MAX_WORD || word.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("no word");
        }
        return word;
    }
}
