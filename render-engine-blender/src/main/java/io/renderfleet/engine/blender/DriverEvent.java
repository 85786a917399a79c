package io.renderfleet.engine.blender;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the driver script says.
 *
 * @param verb what happened: {@code ready}, {@code loaded}, {@code started}, {@code file}, {@code saved}, …
 * @param values what belongs to it
 */
record DriverEvent(String verb, Map<String, String> values) {

    DriverEvent {
        values = Map.copyOf(values);
    }

    /** Reads a line that begins with the marker; null for any other. */
    static @Nullable DriverEvent parse(String line, String marker) {
        if (!line.startsWith(marker + " ")) {
            return null;
        }
        String[] parts = line.substring(marker.length() + 1).split(" ", 2);
        return new DriverEvent(parts[0], parts.length > 1 ? FormText.decode(parts[1]) : Map.of());
    }

    boolean is(String expected) {
        return verb.equals(expected);
    }

    String text(String key) {
        return values.getOrDefault(key, "");
    }

    @Nullable Long number(String key) {
        try {
            return Long.valueOf(text(key));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    @Nullable Integer frame() {
        Long number = number("frame");
        return number == null ? null : Math.toIntExact(number);
    }
}
