package io.renderfleet.auth.oidc;

import java.net.URI;

/** Where keys may come from: nobody on the way can replace them. */
final class SecureUrl {
    private SecureUrl() {}

    static URI check(String what, URI url) {
        String host = url.getHost();
        boolean local = "127.0.0.1".equals(host) || "localhost".equals(host) || "[::1]".equals(host);
        boolean safe = "https".equals(url.getScheme()) || (local && "http".equals(url.getScheme()));
        if (host == null || !safe) {
            throw new IllegalArgumentException(
                    what + " is '" + url + "': it must be an https URL such as https://login.studio.example");
        }
        return url;
    }
}
