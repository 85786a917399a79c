package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonGenerator;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.RunFacts;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What was seen of an attempt as JSON; nothing where nothing was seen. */
final class FactsCodec {
    private static final String RENDERER = "renderer";
    private static final String DEVICE = "device";
    private static final String PEAK = "peakMemoryBytes";

    private FactsCodec() {}

    static void write(JsonGenerator json, String field, AttemptFacts facts) throws IOException {
        if (facts.equals(AttemptFacts.NONE)) {
            return;
        }
        json.writeObjectFieldStart(field);
        Fields.write(json, "sentAt", facts.sentAt());
        Fields.write(json, "begunAt", facts.begunAt());
        Fields.write(json, "renderedAt", facts.renderedAt());
        Fields.write(json, "rendering", facts.rendering());
        EngineInfo renderer = facts.renderer();
        if (renderer != null) {
            json.writeObjectFieldStart(RENDERER);
            json.writeStringField("name", renderer.name());
            json.writeStringField("version", renderer.version());
            json.writeEndObject();
        }
        Fields.write(json, DEVICE, facts.run().device());
        Long peak = facts.run().peakMemoryBytes();
        if (peak != null) {
            json.writeNumberField(PEAK, peak);
        }
        json.writeEndObject();
    }

    static AttemptFacts decode(@Nullable Fields json) {
        if (json == null) {
            return AttemptFacts.NONE;
        }
        Fields renderer = json.objectOrNull(RENDERER);
        return new AttemptFacts(
                json.instantOrNull("sentAt"),
                json.instantOrNull("begunAt"),
                json.instantOrNull("renderedAt"),
                json.durationOrNull("rendering"),
                renderer == null ? null : new EngineInfo(renderer.text("name"), renderer.text("version")),
                new RunFacts(json.textOrNull(DEVICE), json.numberOrNull(PEAK)));
    }
}
