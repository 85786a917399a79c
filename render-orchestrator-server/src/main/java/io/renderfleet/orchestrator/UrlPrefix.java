package io.renderfleet.orchestrator;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The beginning of a URL, cut where its parts are cut: {@code http://node-1} is not the beginning of {@code http://node-1.elsewhere}.
 *
 * @param scheme {@code http} or {@code https}
 * @param host which hosts
 * @param port which port, or -1 for every one
 * @param path how the path begins, without a slash at its end
 */
record UrlPrefix(String scheme, HostPattern host, int port, String path) {
    private static final Pattern FORM =
            Pattern.compile("(https?)://([^/:\\[\\]]+|\\[[^\\]/]+])(?::(\\d{1,5}))?(/[A-Za-z0-9._~/-]*)?");

    static boolean isOne(String text) {
        return text.contains("://");
    }

    /**
     * Reads a prefix.
     *
     * @throws IllegalArgumentException if it is none
     */
    static UrlPrefix parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is no beginning of a URL: it must be like http://node-1:3000 or https://*.farm.example");
        }
        int port = parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3));
        String path = parts.group(4) == null ? "" : parts.group(4).replaceFirst("/+$", "");
        return new UrlPrefix(parts.group(1), HostPattern.parse(parts.group(2)), port, path);
    }

    boolean matches(URI url) {
        String there = url.getRawPath() == null ? "" : url.getRawPath();
        boolean below = there.equals(path) || there.startsWith(path + "/");
        return scheme.equals(url.getScheme())
                && host.matches(NodeUrls.hostOf(url))
                && (port < 0 || port == url.getPort())
                && below
                && !there.contains("..")
                && !there.contains("%");
    }
}
