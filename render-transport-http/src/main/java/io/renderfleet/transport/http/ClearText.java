package io.renderfleet.transport.http;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Says where a token would cross a network in clear text: over {@code http} to any other host than this machine. Names are not looked up,
 * since what a name server says can be forged: {@code localhost} and loopback addresses alone count as this machine.
 */
public final class ClearText {
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?");

    private ClearText() {}

    /**
     * Says why no token may be sent to a URL.
     *
     * @param url of a server
     * @return a sentence that names the host and the ways out, or empty if a token may go there
     */
    public static Optional<String> refusal(URI url) {
        if (!"http".equalsIgnoreCase(url.getScheme()) || isLoopback(String.valueOf(url.getHost()))) {
            return Optional.empty();
        }
        return Optional.of("no token is sent to " + url.getHost() + " over plain http, where others could read it:"
                + " use https, or allow it (--insecure-http) where the network is private");
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }
}
