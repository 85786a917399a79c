package io.renderfleet.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who bears a token that is valid.
 *
 * @param credential names the token in logs, such as {@code t-5f0c1a2b}; never the token itself
 * @param owner whose jobs its submissions are, or (for {@link Role#NODE}) the only id under which it may register; null for nobody in
 *     particular
 * @param role what it may do; null where it is known and may do nothing
 * @param expires from when on the token is not valid any more; null for never
 */
public record TokenBearer(
        String credential,
        @Nullable String owner,
        @Nullable Role role,
        @Nullable Instant expires) {
    /**
     * Checks the owner.
     *
     * @throws IllegalArgumentException if the owner's name breaks the rule of {@link Owner}
     */
    public TokenBearer {
        if (owner != null && !Owner.isValid(owner)) {
            throw new IllegalArgumentException("the owner of " + credential + " has a name that cannot be used");
        }
    }
}
