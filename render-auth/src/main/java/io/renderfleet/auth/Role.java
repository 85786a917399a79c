package io.renderfleet.auth;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the bearer of a token may do. */
public enum Role {
    /** Reads everything and fetches frames. */
    VIEWER,
    /** Submits jobs, and reads and changes those that it owns. */
    SUBMITTER,
    /** Reads and changes every job and every node. */
    OPERATOR,
    /** Registers itself as a node, and nothing else. */
    NODE,
    /** Does everything. */
    ADMIN;

    /**
     * Gives the name that files and the API use.
     *
     * @return the name in lower case
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Gives the roles that this one includes.
     *
     * @return at least this one
     */
    public Set<Role> grants() {
        return switch (this) {
            case VIEWER -> EnumSet.of(VIEWER);
            case SUBMITTER -> EnumSet.of(VIEWER, SUBMITTER);
            case OPERATOR -> EnumSet.of(VIEWER, SUBMITTER, OPERATOR);
            case NODE -> EnumSet.of(NODE);
            case ADMIN -> EnumSet.allOf(Role.class);
        };
    }

    /**
     * Finds a role by its {@link #wireName}.
     *
     * @param name in lower case
     * @return the role, or empty where no role has that name
     */
    public static Optional<Role> of(String name) {
        return Arrays.stream(values())
                .filter(role -> role.wireName().equals(name))
                .findFirst();
    }

    /**
     * Lists the names of all roles, for messages.
     *
     * @return such as {@code viewer, submitter, operator, node, admin}
     */
    public static String names() {
        return Arrays.stream(values()).map(Role::wireName).collect(Collectors.joining(", "));
    }
}
