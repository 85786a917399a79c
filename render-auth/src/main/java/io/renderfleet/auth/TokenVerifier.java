package io.renderfleet.auth;

import java.util.Optional;

/**
 * Recognizes tokens of one kind. Thread-safe.
 *
 * <p>A server asks on the thread that has received the call, so an implementation answers within a few seconds at worst: one that fetches
 * keys limits how long and how often it does.
 */
@FunctionalInterface
public interface TokenVerifier {
    /**
     * Verifies a token.
     *
     * @param token what came as {@code Authorization: Bearer}, 1 to 4,096 visible ASCII characters; never to be logged
     * @return who bears it, or empty where it is not valid, has expired, or is of another kind
     */
    Optional<TokenBearer> verify(String token);

    /**
     * Says whether a token that was valid has been revoked since, so that what began with it (a browser's session) ends too. A server asks
     * about tokens of every kind.
     *
     * @param credential what {@link TokenBearer#credential} names
     * @return true only for a token of this kind that is not valid any more
     */
    default boolean isRevoked(String credential) {
        return false;
    }
}
