package io.renderfleet.core.model;

import java.util.regex.Pattern;

/** The one rule for all ids: URL-safe, and safe as the name of a folder. */
final class Identifiers {
    private static final Pattern URL_SAFE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}");

    private Identifiers() {}

    static String require(String what, String text) {
        if (!URL_SAFE.matcher(text).matches()) {
            String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
            throw new IllegalArgumentException(what + " '" + shown
                    + "' is not an id: 1 to 128 letters, digits and any of - _ . ~, not beginning with . or ~");
        }
        return text;
    }
}
