package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a stored JSON object; whatever is missing or of another type is an error that names it, what is more is ignored. */
record Fields(ObjectNode json) {
    private static final int MAX_TEXT = 64 * 1024 * 1024;

    /**
     * Writes ASCII only, so that any text is kept whole whatever the database's encoding: PostgreSQL takes neither a NUL nor half of a
     * surrogate pair, and a renderer's log may hold both.
     */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(MAX_TEXT)
                        .maxDocumentLength(MAX_TEXT)
                        .build());
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static void put(ObjectNode json, String field, @Nullable Object value) {
        if (value != null) {
            json.put(field, value.toString());
        }
    }

    static void write(JsonGenerator json, String field, @Nullable Object value) throws IOException {
        if (value != null) {
            json.writeStringField(field, value.toString());
        }
    }

    static Fields read(String body) throws JsonProcessingException {
        return of(MAPPER.readTree(body), "the whole");
    }

    /** Reads a list of objects. */
    static List<Fields> readList(String body) throws JsonProcessingException {
        JsonNode list = MAPPER.readTree(body);
        if (!list.isArray()) {
            throw new IllegalArgumentException("the whole is no list");
        }
        return all(list, "the list");
    }

    private static Fields of(@Nullable JsonNode node, String what) {
        if (node instanceof ObjectNode object) {
            return new Fields(object);
        }
        throw new IllegalArgumentException(what + " is no object");
    }

    /** A field that must be there. */
    JsonNode node(String field) {
        JsonNode node = json.get(field);
        if (node == null || node.isNull()) {
            throw new IllegalArgumentException("field '" + field + "' is missing");
        }
        return node;
    }

    private @Nullable JsonNode nodeOrNull(String field) {
        JsonNode node = json.get(field);
        return node == null || node.isNull() ? null : node;
    }

    Fields object(String field) {
        return of(node(field), "field '" + field + "'");
    }

    @Nullable Fields objectOrNull(String field) {
        JsonNode node = nodeOrNull(field);
        return node == null ? null : of(node, "field '" + field + "'");
    }

    String text(String field) {
        JsonNode node = node(field);
        if (!node.isTextual()) {
            throw new IllegalArgumentException("field '" + field + "' is no text");
        }
        return node.textValue();
    }

    @Nullable String textOrNull(String field) {
        return nodeOrNull(field) == null ? null : text(field);
    }

    int integer(String field) {
        JsonNode node = node(field);
        if (!node.canConvertToInt() || !node.isIntegralNumber()) {
            throw new IllegalArgumentException("field '" + field + "' is no whole number in range");
        }
        return node.intValue();
    }

    @Nullable Integer integerOrNull(String field) {
        return nodeOrNull(field) == null ? null : Integer.valueOf(integer(field));
    }

    long number(String field) {
        JsonNode node = node(field);
        if (!node.canConvertToLong() || !node.isIntegralNumber()) {
            throw new IllegalArgumentException("field '" + field + "' is no whole number in range");
        }
        return node.longValue();
    }

    @Nullable Long numberOrNull(String field) {
        return nodeOrNull(field) == null ? null : Long.valueOf(number(field));
    }

    /** A yes or no; no where it is missing. */
    boolean flag(String field) {
        JsonNode node = nodeOrNull(field);
        if (node != null && !node.isBoolean()) {
            throw new IllegalArgumentException("field '" + field + "' is neither true nor false");
        }
        return node != null && node.booleanValue();
    }

    Instant instant(String field) {
        return Instant.parse(text(field));
    }

    @Nullable Instant instantOrNull(String field) {
        return nodeOrNull(field) == null ? null : instant(field);
    }

    Duration duration(String field) {
        return Duration.parse(text(field));
    }

    @Nullable Duration durationOrNull(String field) {
        return nodeOrNull(field) == null ? null : duration(field);
    }

    BatchId batch(String field) {
        return new BatchId(text(field));
    }

    @Nullable BatchId batchOrNull(String field) {
        return nodeOrNull(field) == null ? null : batch(field);
    }

    @Nullable NodeId nodeIdOrNull(String field) {
        return nodeOrNull(field) == null ? null : new NodeId(text(field));
    }

    AttemptId attempt(String field) {
        return AttemptId.parse(text(field));
    }

    /** A constant; where it is missing, what it is by default. */
    <E extends Enum<E>> E constant(String field, Class<E> type, E byDefault) {
        return nodeOrNull(field) == null ? byDefault : constant(field, type);
    }

    <E extends Enum<E>> E constant(String field, Class<E> type) {
        String name = text(field);
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "field '" + field + "' is '" + name + "', which this version does not know", e);
        }
    }

    /** A list of objects. */
    List<Fields> list(String field) {
        return all(node(field), "'" + field + "'");
    }

    private static List<Fields> all(JsonNode list, String what) {
        List<Fields> all = new ArrayList<>();
        for (JsonNode element : list) {
            all.add(of(element, "an element of " + what));
        }
        return all;
    }

    /** A list of texts; empty where it is missing. */
    List<String> texts(String field) {
        List<String> all = new ArrayList<>();
        JsonNode node = nodeOrNull(field);
        if (node != null) {
            node.forEach(element -> all.add(element.asText()));
        }
        return all;
    }
}
