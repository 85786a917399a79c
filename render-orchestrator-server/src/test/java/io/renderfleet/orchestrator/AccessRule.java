package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the description of the API says about who may make a call.
 *
 * @param open whether everybody may, also without a token
 * @param sessionOnly whether a token does not help
 * @param roles of which a caller must have one; empty where every valid token will do
 * @param owner what else counts: {@code read}, {@code fetch}, {@code change} or {@code self}
 */
record AccessRule(boolean open, boolean sessionOnly, Set<String> roles, Optional<String> owner) {
    private static final Set<String> OWNERS = Set.of("read", "fetch", "change", "self");

    /** Reads an operation, and fails where it says nothing. */
    static AccessRule of(String operation, JsonNode described) {
        JsonNode security = described.path("security");
        boolean open = security.isArray() && security.isEmpty();
        boolean sessionOnly = security.toString().equals("[{},{\"session\":[]}]");
        if (open || sessionOnly) {
            assertThat(described.has("x-roles"))
                    .as("%s is for everybody", operation)
                    .isFalse();
            return new AccessRule(open, sessionOnly, Set.of(), Optional.empty());
        }
        JsonNode named = described.path("x-roles");
        assertThat(named.isArray())
                .as("%s must say by x-roles who may call it, or by 'security: []' that everybody may", operation)
                .isTrue();
        Set<String> roles = new TreeSet<>();
        named.forEach(role -> roles.add(role.asText()));
        Optional<String> owner = Optional.ofNullable(described.path("x-owner").textValue());
        assertThat(owner.stream().allMatch(OWNERS::contains))
                .as("%s: x-owner", operation)
                .isTrue();
        return new AccessRule(false, false, roles, owner);
    }

    /** What a caller with these roles must get: 401, 403, 404, or 200 for any answer of success. */
    int expected(MatrixCaller caller, ReadOthers others) {
        if (open) {
            return 200;
        }
        if (sessionOnly || !caller.known()) {
            return 401;
        }
        if (!roles.isEmpty() && Collections.disjoint(roles, caller.grants())) {
            return 403;
        }
        return caller.isStranger() ? asStranger(others) : 200;
    }

    /** A caller that has the role and owns neither the job nor the node. */
    private int asStranger(ReadOthers others) {
        return switch (owner.orElse("")) {
            case "read" -> others == ReadOthers.NOTHING ? 404 : 200;
            case "fetch" -> others == ReadOthers.NOTHING ? 404 : others == ReadOthers.STATUS ? 403 : 200;
            case "change" -> others == ReadOthers.NOTHING ? 404 : 403;
            case "self" -> 403;
            default -> 200;
        };
    }
}
