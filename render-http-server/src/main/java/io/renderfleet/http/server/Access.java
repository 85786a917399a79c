package io.renderfleet.http.server;

import java.util.Optional;

/** Says what a caller must be for a route. Thread-safe. */
@FunctionalInterface
public interface Access {
    /** Everybody who is known may do everything. */
    Access KNOWN = (method, template) -> Optional.empty();

    /**
     * Returns the role that a route needs.
     *
     * @param method of the call, such as {@code GET}
     * @param template of the route, such as {@code /job/{id}}
     * @return what {@link Caller#roles()} must contain, or empty where it is enough to be known
     */
    Optional<String> role(String method, String template);
}
