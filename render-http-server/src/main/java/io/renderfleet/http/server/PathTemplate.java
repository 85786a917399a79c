package io.renderfleet.http.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.util.URIUtil;

/** A path such as {@code /job/{id}/frames/{n}/{file*}}: literals, variables, and perhaps a last one that takes the rest. */
final class PathTemplate {
    private final String text;
    private final List<String> parts;

    PathTemplate(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("the template '" + text + "' must begin with /");
        }
        this.text = text;
        this.parts = List.of(text.substring(1).split("/", -1));
    }

    /** The template as it was given. */
    String text() {
        return text;
    }

    /**
     * Cuts a path into its decoded parts.
     *
     * @param path still encoded, beginning with a slash
     * @return the parts, or empty if one of them cannot be decoded or holds what no name may hold
     */
    static Optional<List<String>> split(String path) {
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        for (String encoded : path.substring(1).split("/", -1)) {
            String part;
            try {
                part = URIUtil.decodePath(encoded);
            } catch (RuntimeException undecodable) {
                return Optional.empty();
            }
            if (part.equals(".") || part.equals("..") || hasForbidden(part)) {
                return Optional.empty();
            }
            parts.add(part);
        }
        return Optional.of(parts);
    }

    private static boolean hasForbidden(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '/' || c == '\\' || Character.isISOControl(c) || c == '\uFFFD') {
                return true;
            }
        }
        return false;
    }

    /**
     * Matches the parts of a path.
     *
     * @param path from {@link #split}
     * @return the variables by name, if it matches
     */
    Optional<Map<String, String>> match(List<String> path) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (i >= path.size()) {
                return Optional.empty();
            }
            if (part.endsWith("*}")) {
                String rest = String.join("/", path.subList(i, path.size()));
                variables.put(part.substring(1, part.length() - 2), rest);
                return rest.isEmpty() ? Optional.empty() : Optional.of(variables);
            }
            if (part.startsWith("{")) {
                if (path.get(i).isEmpty()) {
                    return Optional.empty();
                }
                variables.put(part.substring(1, part.length() - 1), path.get(i));
            } else if (!part.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return parts.size() == path.size() ? Optional.of(variables) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
