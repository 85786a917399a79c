package io.renderfleet.orchestrator;

import io.renderfleet.auth.Role;
import io.renderfleet.http.server.Access;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which roles each route is for: reading is for viewers, changing a job for submitters, changing a node for operators, and nodes have
 * calls of their own. {@code x-roles} of the description of the API says the same.
 */
final class RouteRoles implements Access {
    @Override
    public Set<String> roles(String method, String template) {
        if (template.startsWith(WorkerContent.PREFIX)) {
            return names(Role.NODE);
        }
        if (method.equals("GET") || method.equals("HEAD")) {
            return template.startsWith("/scenes") ? names(Role.SUBMITTER) : names(Role.VIEWER);
        }
        if (template.equals("/nodes/{id}")) {
            return method.equals("DELETE") ? names(Role.NODE, Role.OPERATOR) : names(Role.NODE);
        }
        return template.startsWith("/nodes") ? names(Role.OPERATOR) : names(Role.SUBMITTER);
    }

    /** The names of roles, as a caller has them. */
    static Set<String> names(Role... roles) {
        return Arrays.stream(roles).map(Role::wireName).collect(Collectors.toUnmodifiableSet());
    }
}
