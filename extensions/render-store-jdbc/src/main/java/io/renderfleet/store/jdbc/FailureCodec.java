package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonGenerator;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Failures as JSON. */
final class FailureCodec {
    private FailureCodec() {}

    static void write(JsonGenerator json, String field, @Nullable Failure failure) throws IOException {
        if (failure == null) {
            return;
        }
        json.writeObjectFieldStart(field);
        json.writeStringField("kind", failure.kind().name());
        if (failure.frame() != null) {
            json.writeNumberField("frame", failure.frame());
        }
        json.writeStringField("message", failure.message());
        if (failure.retryElsewhere()) {
            json.writeBooleanField("retryElsewhere", true);
        }
        if (!failure.log().isEmpty()) {
            json.writeArrayFieldStart("log");
            for (String line : failure.log()) {
                json.writeString(line);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    static @Nullable Failure decode(@Nullable Fields json) {
        return json == null ? null : decodeOne(json);
    }

    static Failure decodeOne(Fields json) {
        return new Failure(
                FailureKind.fromWire(json.text("kind")),
                json.integerOrNull("frame"),
                json.text("message"),
                json.flag("retryElsewhere"),
                json.texts("log"));
    }
}
