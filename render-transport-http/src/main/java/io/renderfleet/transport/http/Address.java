package io.renderfleet.transport.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a node is, and where its parts are.
 *
 * @param base an {@code http} or {@code https} URI without query, fragment, user and trailing slash
 */
record Address(URI base) {
    private static final int MAX_ID = 1_024;
    private static final String JOB = "/job/";
    private static final String HEX = "0123456789ABCDEF";

    /**
     * Checks what an application gave as the address of a node.
     *
     * @throws IllegalArgumentException if HTTP cannot reach it
     */
    static Address of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean web = (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
        if (!web || uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("the address of a node is not of the form http://host:port");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("/+$", "");
        return new Address(URI.create(scheme + "://" + uri.getRawAuthority() + path));
    }

    URI at(String path) {
        return URI.create(base + path);
    }

    /** A job is known by its id where it lies at {@code /job/{id}}, else by its whole path. */
    URI job(String id) {
        return id.startsWith("/") ? atRoot(id) : at(JOB + encode(id));
    }

    URI partOfJob(String id, String part) {
        if (!id.startsWith("/")) {
            return at(JOB + encode(id) + part);
        }
        int query = id.indexOf('?');
        return query < 0 ? atRoot(id + part) : atRoot(id.substring(0, query) + part + id.substring(query));
    }

    /** Reads {@code Location}, relative to what was asked; empty for any other origin. */
    Optional<String> idIn(URI asked, String location) {
        return sameOrigin(asked, location).map(this::idOf).filter(id -> id.length() <= MAX_ID);
    }

    private String idOf(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String prefix = (base.getRawPath() == null ? "" : base.getRawPath()) + JOB;
        if (path.startsWith(prefix) && uri.getRawQuery() == null) {
            String id = path.substring(prefix.length());
            if (id.matches("[A-Za-z0-9._~-]+")) {
                return id;
            }
        }
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    /** Resolves a reference, and gives nothing if it leads away from scheme, host and port. */
    static Optional<URI> sameOrigin(URI asked, String reference) {
        try {
            URI uri = asked.resolve(reference.strip());
            return origin(uri).equals(origin(asked)) && uri.getRawUserInfo() == null
                    ? Optional.of(uri)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Encodes a relative path part by part; the slashes between them stay. */
    static String encodePath(String path) {
        StringBuilder text = new StringBuilder();
        for (String part : path.split("/", -1)) {
            text.append(text.isEmpty() ? "" : "/").append(encode(part));
        }
        return text.toString();
    }

    /** Percent-encoding (RFC 3986, section 2.1): all but unreserved characters. */
    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || "-._~".indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return encoded.toString();
    }

    private URI atRoot(String path) {
        return URI.create(base.getScheme() + "://" + base.getRawAuthority() + path);
    }

    private static String origin(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + host + ":" + port;
    }
}
