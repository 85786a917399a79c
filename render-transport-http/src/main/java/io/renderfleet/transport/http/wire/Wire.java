package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes what travels.
 *
 * <p>Requests are read strictly: an unknown field, a field that comes twice, a wrong type (nothing is coerced: {@code "1"} is no
 * number, {@code 1.5} no whole one), anything after the end, or too deep a nesting give a {@link BadRequest} that names what is
 * wrong. A field that is {@code null} counts as left out. Answers are read leniently: unknown fields are ignored, anything can be
 * missing.
 *
 * <p>Thread-safe.
 */
public final class Wire {
    /** How long the body of a request may be, in bytes; more is answered with status 413. */
    public static final int MAX_REQUEST_BYTES = 64 * 1024;

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final ObjectMapper REQUESTS = Mappers.strict();
    private static final ObjectMapper ANSWERS = Mappers.lenient();

    private Wire() {}

    /**
     * Reads the body of {@code POST /job}.
     *
     * @param body JSON in UTF-8
     * @return what is asked for
     */
    public static Reading<JobOrder> readJob(byte[] body) {
        return read(body, JobRequest.class, JobRequest::toOrder);
    }

    /**
     * Reads the body of {@code POST /render}.
     *
     * @param body JSON in UTF-8
     * @return what is asked for
     */
    public static Reading<RenderOrder> readRender(byte[] body) {
        return read(body, RenderBody.class, RenderBody::toOrder);
    }

    /**
     * Reads the body of {@code PATCH /job/{id}}.
     *
     * @param body JSON in UTF-8
     * @return the frames that the job is to keep; empty for the text {@code ""}, which gives all untouched ones up
     */
    public static Reading<FrameSet> readShorten(byte[] body) {
        return read(body, FramesBody.class, FramesBody::toFrames);
    }

    /**
     * Reads the body of {@code PATCH /jobs/{id}}.
     *
     * @param body JSON in UTF-8
     * @return the new priority
     */
    public static Reading<Integer> readPriority(byte[] body) {
        return read(body, PriorityBody.class, PriorityBody::toPriority);
    }

    /**
     * Reads the body of {@code PUT /nodes/{id}}.
     *
     * @param body JSON in UTF-8
     * @return who wants to render, and where it is
     */
    public static Reading<NodeOffer> readOffer(byte[] body) {
        return read(body, NodeBody.class, NodeBody::toOffer);
    }

    /**
     * Reads the header field {@code Attempt}.
     *
     * @param value its value, or null where it is missing
     * @return the attempt, or empty where the field is missing
     */
    public static Reading<Optional<AttemptId>> readAttempt(@Nullable String value) {
        try {
            return new Reading.Good<>(
                    value == null
                            ? Optional.empty()
                            : Optional.of(BadRequestException.checked("Attempt", () -> AttemptId.parse(value))));
        } catch (BadRequestException e) {
            return new Reading.Bad<>(e.problem());
        }
    }

    /**
     * Reads the header field {@code Idempotency-Key}.
     *
     * @param value its value, or null where it is missing
     * @return the key, or empty where the field is missing
     */
    public static Reading<Optional<String>> readKey(@Nullable String value) {
        if (value == null) {
            return new Reading.Good<>(Optional.empty());
        }
        return KEY.matcher(value).matches()
                ? new Reading.Good<>(Optional.of(value))
                : new Reading.Bad<>(new BadRequest(
                        "Idempotency-Key",
                        "Idempotency-Key has " + value.length()
                                + " characters: it must be 1 to 255 visible ASCII characters without spaces"));
    }

    /**
     * Reads a {@link FrameList} frame by frame, however long it is.
     *
     * @param body JSON in UTF-8; it is read to the end of the list and not closed
     * @param each takes each frame, in the order of the list
     * @throws IOException if the body cannot be read
     * @throws IllegalArgumentException if it is no list of frames; those before the fault were taken
     */
    public static void readFrames(InputStream body, Consumer<FrameOutput> each) throws IOException {
        try (JsonParser json = ANSWERS.getFactory().createParser(body).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            boolean listed = false;
            boolean object = json.nextToken() == JsonToken.START_OBJECT;
            while (object && json.nextToken() == JsonToken.FIELD_NAME) {
                boolean frames = json.currentName().equals("frames");
                if (frames && json.nextToken() == JsonToken.START_ARRAY) {
                    listed = true;
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        each.accept(json.readValueAs(FrameList.Entry.class).toOutput());
                    }
                    requireEnd(json, JsonToken.END_ARRAY);
                } else if (!frames) {
                    json.nextToken();
                    json.skipChildren();
                }
            }
            requireEnd(json, JsonToken.END_OBJECT);
            if (!listed) {
                throw new IllegalArgumentException("it has no frames");
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void requireEnd(JsonParser json, JsonToken end) {
        if (json.currentToken() != end) {
            throw new IllegalArgumentException("it is no list of frames");
        }
    }

    /**
     * Reads an answer.
     *
     * @param body JSON in UTF-8
     * @param type one of the records of this package
     * @param <T> that record
     * @return the answer, or empty if it is no JSON object, or no such one
     */
    public static <T> Optional<T> readAnswer(byte[] body, Class<T> type) {
        try {
            return Optional.ofNullable(ANSWERS.readValue(body, type));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes a body.
     *
     * @param body one of the records of this package
     * @return JSON in UTF-8
     */
    public static byte[] write(Object body) {
        try {
            return ANSWERS.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + body.getClass().getSimpleName() + " cannot be written as JSON", e);
        }
    }

    private static <B, T> Reading<T> read(byte[] body, Class<B> type, Check<B, T> check) {
        try {
            return new Reading.Good<>(check.apply(StrictBinding.bind(REQUESTS, body, type)));
        } catch (BadRequestException e) {
            return new Reading.Bad<>(e.problem());
        }
    }

    @FunctionalInterface
    private interface Check<B, T> {
        T apply(B body) throws BadRequestException;
    }
}
