package io.renderfleet.cli;

import io.renderfleet.transport.http.ClearText;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the program gets into an orchestrator.
 *
 * @param token null where none is needed
 * @param tls whom it trusts, and its certificate; null for whom Java trusts, and none
 * @param insecureHttp whether the token may cross a network in clear text
 */
record Access(@Nullable String token, @Nullable WatchedTls tls, boolean insecureHttp) {

    /** Why the token may not be sent to a server, if it may not. */
    Optional<String> refusal(URI server) {
        return token == null || insecureHttp ? Optional.empty() : ClearText.refusal(server);
    }
}
