package io.renderfleet.engine.blender;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code application/x-www-form-urlencoded}, what commands to the driver and events from it are written in. */
final class FormText {
    private FormText() {}

    static String encode(Map<String, ?> values) {
        return values.entrySet().stream()
                .map(entry -> escape(entry.getKey()) + "=" + escape(String.valueOf(entry.getValue())))
                .collect(Collectors.joining("&"));
    }

    /** Reads pairs leniently: what cannot be decoded is left out. */
    static Map<String, String> decode(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                try {
                    values.put(unescape(pair.substring(0, equals)), unescape(pair.substring(equals + 1)));
                } catch (IllegalArgumentException e) {
                    // Cut off in the middle of an escape: the line was too long.
                    values.putIfAbsent("truncated", "1");
                }
            }
        }
        return values;
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String unescape(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
