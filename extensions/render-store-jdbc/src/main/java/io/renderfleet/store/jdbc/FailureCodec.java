package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import org.jspecify.annotations.Nullable;

/** Failures as JSON. */
final class FailureCodec {
    private FailureCodec() {}

    static void put(ObjectNode json, String field, @Nullable Failure failure) {
        if (failure == null) {
            return;
        }
        ObjectNode it = json.putObject(field);
        it.put("kind", failure.kind().name());
        if (failure.frame() != null) {
            it.put("frame", failure.frame());
        }
        it.put("message", failure.message());
        if (failure.retryElsewhere()) {
            it.put("retryElsewhere", true);
        }
        if (!failure.log().isEmpty()) {
            ArrayNode log = it.putArray("log");
            failure.log().forEach(log::add);
        }
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
