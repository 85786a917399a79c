package io.renderfleet.orchestrator;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A host name, or all names below a domain.
 *
 * @param name in lower case, without the star
 * @param below whether names below it are meant
 */
record HostPattern(String name, boolean below) {
    private static final Pattern FORM = Pattern.compile(
            "(\\*\\.)?[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*|\\[[0-9a-f:.]+]");

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none
     */
    static HostPattern parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!FORM.matcher(lower).matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is no rule for URLs: it must be like caller, 10.0.0.0/8, node-1, *.farm.example or"
                    + " http://node-1:3000");
        }
        boolean below = lower.startsWith("*.");
        return new HostPattern(below ? lower.substring(2) : lower, below);
    }

    boolean matches(String host) {
        return below ? host.endsWith("." + name) : host.equals(name);
    }
}
