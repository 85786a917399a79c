package io.renderfleet.http.server;

import java.util.Set;

/**
 * Who makes a call.
 *
 * @param name for logs; never the token itself
 * @param roles what the caller may do, in the words of the server
 */
public record Caller(String name, Set<String> roles) {
    /** Somebody who did not say who it is, without any role. */
    public static final Caller NOBODY = new Caller("nobody", Set.of());

    /** Copies the roles. */
    public Caller {
        roles = Set.copyOf(roles);
    }
}
