package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.renderfleet.core.model.RenderRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How many frames go to a node together, as it travels and as it stands in flags: a number, or {@code "auto"}.
 *
 * @param frames how many; null where batches are cut to what is measured
 */
@JsonDeserialize(using = BatchSize.Reader.class)
public record BatchSize(@Nullable Integer frames) {
    /** Batches are cut to what is measured of frames and nodes. */
    public static final BatchSize AUTO = new BatchSize(null);

    private static final String AUTO_WORD = "auto";

    /**
     * Reads a flag.
     *
     * @param text a whole number, or {@code auto}
     * @return the size, of which it is not known whether it is in range
     * @throws IllegalArgumentException if it is neither, saying what would be right
     */
    public static BatchSize parse(String text) {
        if (text.equals(AUTO_WORD)) {
            return AUTO;
        }
        try {
            return new BatchSize(Integer.valueOf(text));
        } catch (NumberFormatException e) {
            String shown = BadRequestException.shown(text);
            throw new IllegalArgumentException("'" + shown + "' is no batch size: it must be 1 to 10000, or auto", e);
        }
    }

    /**
     * Sets it.
     *
     * @param request to change
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest on(RenderRequest request) {
        return frames == null ? request.adaptiveBatches() : request.batchSize(frames);
    }

    /**
     * Returns what travels.
     *
     * @return the number, or the word
     */
    @JsonValue
    public Object wireForm() {
        return frames == null ? AUTO_WORD : frames;
    }

    /** Reads what travels. */
    static final class Reader extends StdDeserializer<BatchSize> {
        private static final long serialVersionUID = 1L;

        Reader() {
            super(BatchSize.class);
        }

        @Override
        public BatchSize deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                return new BatchSize(json.getIntValue());
            }
            if (json.currentToken() == JsonToken.VALUE_STRING && json.getText().equals(AUTO_WORD)) {
                return AUTO;
            }
            return context.reportInputMismatch(BatchSize.class, "neither a number nor a word that is known");
        }
    }
}
