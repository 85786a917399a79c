package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonGenerator;
import io.renderfleet.core.event.JobTransition.SceneReported;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What was found out about scenes, as JSON. */
final class SceneReportCodec {
    private static final String FRAME_RATE = "frameRate";
    private static final String BAKED = "baked";

    private SceneReportCodec() {}

    static void write(JsonGenerator json, SceneReported report) throws IOException {
        Fields.write(json, FRAME_RATE, report.frameRate());
        BakedScene baked = report.baked();
        if (baked != null) {
            json.writeObjectFieldStart(BAKED);
            json.writeStringField("sha256", baked.sha256().toString());
            json.writeNumberField("bytes", baked.bytes());
            json.writeStringField("entry", baked.entry());
            json.writeStringField("engine", baked.engine().name());
            json.writeStringField("version", baked.engine().version());
            json.writeEndObject();
        }
    }

    static SceneReported decode(Instant at, JobId job, Fields json) {
        String rate = json.textOrNull(FRAME_RATE);
        return new SceneReported(
                at, job, rate == null ? null : FrameRate.parse(rate), decodeBaked(json.objectOrNull(BAKED)));
    }

    private static @Nullable BakedScene decodeBaked(@Nullable Fields json) {
        return json == null
                ? null
                : new BakedScene(
                        new Sha256(json.text("sha256")),
                        json.number("bytes"),
                        json.text("entry"),
                        new EngineInfo(json.text("engine"), json.text("version")));
    }
}
