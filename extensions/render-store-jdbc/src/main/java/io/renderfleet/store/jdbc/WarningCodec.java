package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonGenerator;
import io.renderfleet.core.model.RenderWarning;
import java.io.IOException;
import java.util.List;

/** Warnings as JSON. */
final class WarningCodec {
    private WarningCodec() {}

    static void write(JsonGenerator json, String field, List<RenderWarning> warnings) throws IOException {
        json.writeArrayFieldStart(field);
        for (RenderWarning warning : warnings) {
            json.writeStartObject();
            json.writeStringField("kind", warning.kind());
            if (warning.frame() != null) {
                json.writeNumberField("frame", warning.frame());
            }
            json.writeStringField("message", warning.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static List<RenderWarning> decode(List<Fields> list) {
        return list.stream()
                .map(json -> new RenderWarning(json.text("kind"), json.integerOrNull("frame"), json.text("message")))
                .toList();
    }
}
