package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.ProblemType;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Refuses changes that a page of another site makes through a browser (cross-site request forgery). A browser says on its own, and no page
 * can forge it, whether a call comes from a page of the same origin: by {@code Sec-Fetch-Site} (W3C Fetch Metadata), or by {@code Origin}
 * (RFC 6454) where that is missing. A client that is no browser sends neither, and is let through.
 */
final class OriginCheck {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OURS = Set.of("same-origin", "none");

    private OriginCheck() {}

    static void refuseForeign(Request request) {
        if (SAFE.contains(request.getMethod())) {
            return;
        }
        HttpFields headers = request.getHeaders();
        @Nullable String site = headers.get("Sec-Fetch-Site");
        @Nullable String origin = headers.get(HttpHeader.ORIGIN);
        boolean foreign = site != null
                ? !OURS.contains(site.strip().toLowerCase(Locale.ROOT))
                : origin != null
                        && !isOf(origin.strip(), Request.getServerName(request), Request.getServerPort(request));
        if (foreign) {
            throw new RefusedException(
                    ProblemType.CROSS_ORIGIN, "A browser calls on behalf of a page that is not this server's.");
        }
    }

    /** The scheme is not compared: a proxy in front of the server may speak TLS for it. */
    private static boolean isOf(String origin, String host, int port) {
        URI uri;
        try {
            uri = new URI(origin);
        } catch (URISyntaxException unreadable) {
            return false;
        }
        if (uri.getHost() == null || !uri.getHost().equalsIgnoreCase(host)) {
            return false;
        }
        int standard = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        return uri.getPort() == port || (uri.getPort() < 0 && (port == standard || port == 80));
    }
}
