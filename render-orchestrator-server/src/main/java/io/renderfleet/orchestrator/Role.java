package io.renderfleet.orchestrator;

import io.renderfleet.http.server.Access;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What somebody may do who has a token. */
public enum Role {
    /** Looks, and fetches frames. */
    VIEWER,
    /** Does what a viewer does, submits jobs, and changes those that are its own. */
    SUBMITTER,
    /** Registers itself as a node, and nothing else. */
    NODE,
    /** Does everything. */
    ADMIN;

    /**
     * Returns its name in files.
     *
     * @return in lower case
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of all roles that are contained in this one. */
    Set<String> grants() {
        return switch (this) {
            case VIEWER -> names(VIEWER);
            case SUBMITTER -> names(VIEWER, SUBMITTER);
            case NODE -> names(NODE);
            case ADMIN -> names(values());
        };
    }

    static Optional<Role> fromWire(String name) {
        return Arrays.stream(values())
                .filter(role -> role.wireName().equals(name))
                .findFirst();
    }

    /** Who reads needs to be a viewer, who changes something a submitter, and nodes have calls of their own. */
    static Access access() {
        return (method, template) -> Optional.of(needed(method, template).wireName());
    }

    private static Role needed(String method, String template) {
        if (method.equals("GET") || method.equals("HEAD")) {
            return template.startsWith("/scenes") ? SUBMITTER : VIEWER;
        }
        if (template.equals("/nodes/{id}")) {
            return NODE;
        }
        return template.startsWith("/nodes") ? ADMIN : SUBMITTER;
    }

    private static Set<String> names(Role... roles) {
        return Arrays.stream(roles).map(Role::wireName).collect(Collectors.toUnmodifiableSet());
    }
}
