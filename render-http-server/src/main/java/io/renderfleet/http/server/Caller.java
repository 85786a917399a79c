package io.renderfleet.http.server;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call.
 *
 * @param name for people and logs; never the token itself
 * @param roles what the caller may do, in the words of the server
 * @param owner whose jobs the caller's submissions are; null for nobody in particular
 * @param credential what the caller has shown; null where nothing was needed
 */
public record Caller(
        String name,
        Set<String> roles,
        @Nullable String owner,
        @Nullable Credential credential) {
    /** A caller who did not say who it is, without any role. */
    public static final Caller NOBODY = new Caller("nobody", Set.of());

    /**
     * What a caller has shown.
     *
     * @param id names it in logs; never the token itself
     * @param expires from when on it is not valid any more; null for never
     */
    public record Credential(String id, @Nullable Instant expires) {}

    /** Copies the roles. */
    public Caller {
        roles = Set.copyOf(roles);
    }

    /**
     * Makes a caller who is nobody in particular.
     *
     * @param name for people and logs
     * @param roles what the caller may do
     */
    public Caller(String name, Set<String> roles) {
        this(name, roles, null, null);
    }
}
