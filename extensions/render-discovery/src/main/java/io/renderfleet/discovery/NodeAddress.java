package io.renderfleet.discovery;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The address of a node as files and registries have it. */
public final class NodeAddress {
    private static final int LONGEST = 100;

    private NodeAddress() {}

    /**
     * Reads an address, and writes it in one way: in lower case up to the path, and without slashes at the end.
     *
     * @param text such as {@code http://node-1:3000}, perhaps with a path
     * @return the URL of a node
     * @throws IllegalArgumentException if it has no scheme {@code http} or {@code https}, no host, or has a user, a query or a fragment, in
     *     one sentence that shows the text
     */
    public static URI of(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException wrong) {
            throw wrong(text, wrong);
        }
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        boolean web = List.of("http", "https").contains(scheme) && url.getHost() != null;
        if (!web || url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw wrong(text, null);
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath().replaceFirst("/+$", "");
        return URI.create(scheme + "://" + url.getRawAuthority().toLowerCase(Locale.ROOT) + path);
    }

    private static IllegalArgumentException wrong(String text, @Nullable Exception cause) {
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        return new IllegalArgumentException(
                "'" + shown.replaceAll("\\p{Cntrl}", "?") + "': it must be like http://node-1:3000", cause);
    }
}
