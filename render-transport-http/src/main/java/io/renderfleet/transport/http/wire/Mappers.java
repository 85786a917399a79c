package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The two ways in which Jackson is set up. */
final class Mappers {
    private static final int REQUEST_NESTING = 8;
    private static final int ANSWER_NESTING = 32;
    private static final int NUMBER_LENGTH = 40;
    private static final int ANSWER_TEXT = 16 * 1024 * 1024;

    private Mappers() {}

    static ObjectMapper strict() {
        ObjectMapper mapper = JsonMapper.builder(factory(REQUEST_NESTING, Wire.MAX_REQUEST_BYTES))
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .build();
        for (CoercionInputShape shape : CoercionInputShape.values()) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
            mapper.coercionConfigFor(LogicalType.Integer).setCoercion(shape, CoercionAction.Fail);
            mapper.coercionConfigFor(LogicalType.Float)
                    .setCoercion(
                            shape,
                            shape == CoercionInputShape.Integer ? CoercionAction.TryConvert : CoercionAction.Fail);
            mapper.coercionConfigFor(LogicalType.Boolean).setCoercion(shape, CoercionAction.Fail);
            mapper.coercionConfigFor(LogicalType.POJO).setCoercion(shape, CoercionAction.Fail);
            mapper.coercionConfigFor(LogicalType.Map).setCoercion(shape, CoercionAction.Fail);
            mapper.coercionConfigFor(LogicalType.Collection).setCoercion(shape, CoercionAction.Fail);
        }
        return mapper;
    }

    static ObjectMapper lenient() {
        SimpleModule times = new SimpleModule("times")
                .addSerializer(Instant.class, new InstantWriter())
                .addDeserializer(Instant.class, new InstantReader());
        return JsonMapper.builder(factory(ANSWER_NESTING, ANSWER_TEXT))
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .addModule(times)
                .build();
    }

    private static JsonFactory factory(int nesting, int text) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(nesting)
                        .maxNumberLength(NUMBER_LENGTH)
                        .maxStringLength(text)
                        .build())
                .build();
    }

    /** ISO 8601 in UTC; Jackson itself can do that only with one more library. */
    private static final class InstantWriter extends StdSerializer<Instant> {
        private static final long serialVersionUID = 1L;

        private InstantWriter() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(value.toString());
        }
    }

    /** A time that cannot be read counts as missing: only a display depends on it. */
    private static final class InstantReader extends StdDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        private InstantReader() {
            super(Instant.class);
        }

        @Override
        public @Nullable Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
            try {
                return Instant.parse(json.getValueAsString(""));
            } catch (DateTimeException e) {
                json.skipChildren();
                return null;
            }
        }
    }
}
