package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Binds a body to a record, and says in words of our own what is wrong with it.
 *
 * <p>In two steps, text to tree and tree to record, so that the value that is wrong is at hand when the second step fails.
 */
final class StrictBinding {
    private static final Map<Class<?>, String> RIGHT = Map.of(
            String.class, "a text in quotes",
            Integer.class, "a whole number",
            Boolean.class, "true or false",
            Double.class, "a number",
            BatchSize.class, "a whole number, or \"auto\"");

    private StrictBinding() {}

    static <B> B bind(ObjectMapper mapper, byte[] body, Class<B> type) throws BadRequestException {
        JsonNode tree = parse(mapper, body);
        if (!tree.isObject()) {
            throw new BadRequestException(null, "the body must be one JSON object in braces");
        }
        try {
            return mapper.treeToValue(tree, type);
        } catch (UnrecognizedPropertyException e) {
            throw unknown(e);
        } catch (JsonProcessingException e) {
            throw mismatch(tree, e);
        }
    }

    private static JsonNode parse(ObjectMapper mapper, byte[] body) throws BadRequestException {
        try {
            return mapper.readTree(body);
        } catch (StreamConstraintsException e) {
            throw new BadRequestException(null, "the body is nested too deeply, or holds too long a number or text");
        } catch (MismatchedInputException e) {
            String name = duplicate(e);
            throw name == null
                    ? new BadRequestException(null, "the body must be one JSON object and nothing after it")
                    : new BadRequestException(
                            name,
                            "field '" + BadRequestException.shown(name) + "' is there twice: it may be there once");
        } catch (JacksonException e) {
            throw new BadRequestException(null, "the body is not JSON" + place(e));
        } catch (IOException e) {
            throw new BadRequestException(null, "the body is not JSON in UTF-8");
        }
    }

    private static @Nullable String duplicate(MismatchedInputException e) {
        try {
            return e.getProcessor() instanceof JsonParser parser ? parser.currentName() : null;
        } catch (IOException unknown) {
            return null;
        }
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : ": see line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static BadRequestException unknown(UnrecognizedPropertyException e) {
        String field = BadRequestException.shown(path(e.getPath()));
        Collection<Object> known = e.getKnownPropertyIds();
        String all = known == null
                ? ""
                : ": known here are "
                        + String.join(", ", known.stream().map(String::valueOf).toList());
        return new BadRequestException(field, "field '" + field + "' is unknown" + all);
    }

    private static BadRequestException mismatch(JsonNode tree, JsonProcessingException e) {
        List<JsonMappingException.Reference> at =
                e instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
        String field = BadRequestException.shown(path(at));
        JsonNode value = value(tree, at);
        String shown = value == null ? "of a wrong type" : BadRequestException.shown(value.toString());
        return new BadRequestException(field, "field '" + field + "' is " + shown + ": it must be " + right(e, value));
    }

    private static String right(JsonProcessingException e, @Nullable JsonNode value) {
        if (value != null && value.isIntegralNumber() && !value.canConvertToInt()) {
            return "a whole number of at most 10 digits";
        }
        Class<?> target = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (target == null) {
            return "a whole number";
        }
        return Collection.class.isAssignableFrom(target)
                ? "a list of texts in brackets"
                : RIGHT.getOrDefault(target, "an object in braces");
    }

    private static @Nullable JsonNode value(JsonNode tree, List<JsonMappingException.Reference> path) {
        JsonNode node = tree;
        for (JsonMappingException.Reference step : path) {
            JsonNode next = step.getFieldName() == null ? node.get(step.getIndex()) : node.get(step.getFieldName());
            if (next == null) {
                return null;
            }
            node = next;
        }
        return node;
    }

    private static String path(List<JsonMappingException.Reference> path) {
        StringBuilder text = new StringBuilder();
        for (JsonMappingException.Reference step : path) {
            if (step.getFieldName() == null) {
                text.append('[').append(step.getIndex()).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return text.toString();
    }
}
