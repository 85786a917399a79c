package io.renderfleet.http.server;

import java.util.Set;

/** Says what a caller must be for a route. Thread-safe. */
@FunctionalInterface
public interface Access {
    /** Everybody who is known may do everything. */
    Access KNOWN = (method, template) -> Set.of();

    /**
     * Returns the roles that a route is for.
     *
     * @param method of the call, such as {@code GET}
     * @param template of the route, such as {@code /job/{id}}
     * @return roles of which {@link Caller#roles()} must have one; empty where it is enough to be known
     */
    Set<String> roles(String method, String template);
}
