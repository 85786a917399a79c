package io.renderfleet.http.server;

import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;

/** Identifies the caller of a call. Thread-safe. */
@FunctionalInterface
public interface Callers {
    /**
     * Identifies the caller by what the request bears.
     *
     * @param call whose headers are looked at
     * @return who it is, or empty for a 401
     */
    Optional<Caller> identify(Call call);

    /**
     * Says whether a caller who was identified before would be let in still: its credential may have expired or been revoked.
     *
     * @param caller who was identified before
     * @return whether it still counts; true unless an implementation knows better
     */
    default boolean stillKnows(Caller caller) {
        return true;
    }

    /**
     * Lets everybody in.
     *
     * @param caller who everybody is
     * @return callers that never refuse
     */
    static Callers everybody(Caller caller) {
        return call -> Optional.of(caller);
    }

    /**
     * Reads the token of {@code Authorization: Bearer …} (RFC 6750).
     *
     * @param call whose headers are looked at
     * @return the token, or empty where there is none
     */
    static Optional<String> bearerToken(Call call) {
        String scheme = "Bearer ";
        return call.header(HttpHeader.AUTHORIZATION.asString())
                .filter(header -> header.regionMatches(true, 0, scheme, 0, scheme.length()))
                .map(header -> header.substring(scheme.length()).strip());
    }
}
