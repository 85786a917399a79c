package io.renderfleet.node.server;

import io.renderfleet.transport.http.ClearText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The orchestrators that were named to a node. A redirect is followed to these only, since the token is sent with it.
 *
 * @param urls each with scheme and host, perhaps a port and a path, without a slash at its end
 */
record KnownOrchestrators(List<URI> urls) {
    private static final String RIGHT = "it must be like http://farm.example:4000";

    KnownOrchestrators {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("no orchestrator is named: at least one is needed");
        }
    }

    /**
     * Reads URLs.
     *
     * @throws IllegalArgumentException naming the one that is wrong, or if there is none
     */
    static KnownOrchestrators of(List<String> texts) {
        List<URI> urls = new ArrayList<>();
        texts.forEach(text -> urls.add(parse("orchestrator", text)));
        return new KnownOrchestrators(urls);
    }

    /** Reads the URL of a server. */
    static URI parse(String what, String text) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException(what + " is '" + text + "': " + RIGHT, wrong);
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean web = (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
        if (!web || uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(what + " is '" + text + "': " + RIGHT);
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("/+$", "");
        return URI.create(scheme + "://" + uri.getRawAuthority().toLowerCase(Locale.ROOT) + path);
    }

    /**
     * Refuses a token that others could read on its way.
     *
     * @throws IllegalArgumentException naming the first orchestrator that it must not be sent to
     */
    void requireTokensAreSafe() {
        for (URI url : urls) {
            ClearText.refusal(url).ifPresent(why -> {
                throw new IllegalArgumentException("orchestrator is '" + url + "': " + why);
            });
        }
    }

    int size() {
        return urls.size();
    }

    URI at(int index, String path) {
        return URI.create(urls.get(index) + path);
    }

    /** Which of them a redirect leads to. */
    OptionalInt find(String location, String path) {
        for (int i = 0; i < urls.size(); i++) {
            if (location.strip().equalsIgnoreCase(urls.get(i) + path)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
